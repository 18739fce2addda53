import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { lifeOf, readOwner } from './owner.ts'
import { OWNER_FILE, PARTIAL } from './path.ts'

/** What is younger may be in the making by a process that has not yet said so. */
const YOUNG_MS = 10 * 60_000
/** An archive being packed does not say by whom. */
const PACKING_MS = 24 * 3_600_000

/** Removes what writers left that did not come to their end, and returns their paths. What a living process writes is left alone. */
export async function sweep(folder: string, now: Date): Promise<string[]> {
  const swept: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name)
    const leftOver = entry.name.startsWith(PARTIAL) ? await (entry.isDirectory() ? isLeftFolder(path, now) : isOlder(path, now, PACKING_MS))
      : /^\.lock-.*\.\d+$/.test(entry.name) && await isOlder(path, now, YOUNG_MS)
    if (!leftOver) continue
    await rm(path, { recursive: true, force: true })
    swept.push(path)
  }
  return swept
}

/** Without an owner it is a whole snapshot that was being removed, or one whose writer died before it could say who it is. */
async function isLeftFolder(path: string, now: Date): Promise<boolean> {
  const text = await readFile(join(path, OWNER_FILE), 'utf8').catch(() => null)
  const owner = text === null ? null : readOwner(text)
  if (owner !== null) return lifeOf(owner) === 'ended'
  return await exists(join(path, 'manifest.json')) || isOlder(path, now, YOUNG_MS)
}

async function isOlder(path: string, now: Date, ms: number): Promise<boolean> {
  return stat(path).then(({ mtimeMs }) => now.getTime() - mtimeMs > ms, () => false)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false)
}
