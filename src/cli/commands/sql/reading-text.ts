import { readFileSync } from 'node:fs'
import { UserError } from '../../../problem.ts'

/** The text of a file, or for `-` of standard input. Throws: UserError where it cannot be read. */
export function readText(command: string, file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new UserError(
      `${command}: ${file === '-' ? 'standard input' : file} cannot be read: ${(error as Error).message}`,
      { cause: error }
    )
  }
}
