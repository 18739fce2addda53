import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Why a program cannot be run; null when it can. Looked up as execvp(3) does. */
export function findProgram(name: string): string | null {
  const candidates = name.includes('/')
    ? [name]
    : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder === '' ? '.' : folder, name))
  let found: string | null = null
  for (const file of candidates) {
    try {
      if (!statSync(file).isFile()) found ??= 'EACCES'
      else {
        accessSync(file, constants.X_OK)
        return null
      }
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ENOTDIR') found ??= code
    }
  }
  return found === null ? `${name}: no such program` : `${name} cannot be run (${found})`
}
