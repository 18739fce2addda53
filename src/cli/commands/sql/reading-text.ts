import { readInput } from '../../../input-file.ts'
import { UserError } from '../../../problem.ts'

/** The text of a file, or for `-` of standard input. Throws: UserError where it cannot be read. */
export function readText(command: string, file: string): string {
  try {
    return readInput(file).toString('utf8')
  } catch (error) {
    throw new UserError(
      `${command}: ${file === '-' ? 'standard input' : file} cannot be read: ${(error as Error).message}`,
      { cause: error }
    )
  }
}
