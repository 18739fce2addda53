import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import test from 'ava'

/** Captures of real clusters beside the project; a user does not have them. */
const folder = fileURLToPath(new URL('../../../../../shared/', import.meta.url))

/** `test`, or a visible skip where the captures are not there. */
export const testWithCaptures = existsSync(folder) ? test : test.skip

export function readShared(path: string): Buffer {
  return readFileSync(folder + path)
}

/** Files under `path` whose name matches, as paths for `readShared`. */
export function sharedFiles(path: string, name: RegExp): string[] {
  return readdirSync(folder + path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length))
    .sort()
}
