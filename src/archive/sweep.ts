import type { Dirent } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { lifeOf, readOwnerFile } from './owner.ts'
import { OWNER_FILE, PARTIAL, REMOVING } from './path.ts'

/** What is younger may be in the making by a process that has not yet said so. */
const YOUNG_MS = 10 * 60_000
/** An archive being packed does not say by whom. */
const PACKING_MS = 24 * 3_600_000

/** Removes what writers left that did not come to their end, and returns their paths. What a living process writes is left alone. */
export async function sweep(folder: string, now: Date): Promise<string[]> {
  const swept: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name)
    if (!(await isLeftOver(entry, path, now))) continue
    await rm(path, { recursive: true, force: true, maxRetries: 3 })
    swept.push(path)
  }
  return swept
}

async function isLeftOver(entry: Dirent, path: string, now: Date): Promise<boolean> {
  if (entry.name.startsWith(REMOVING)) return true
  if (entry.name.startsWith(PARTIAL))
    return entry.isDirectory() ? isLeftFolder(path, now) : isOlder(path, now, PACKING_MS)
  return /^\.lock-.*\.(?:\d+|takeover)$/.test(entry.name) && isLeftLock(path, now)
}

/** Held for an instant by who takes a lock, or the lock of a cluster whose name ends like that. */
async function isLeftLock(path: string, now: Date): Promise<boolean> {
  const life = await lifeOfOwner(path)
  return life === 'ended' || (life !== 'runs' && isOlder(path, now, YOUNG_MS))
}

/** Without an owner its writer died before it could say who it is, or is about to say it. */
async function isLeftFolder(path: string, now: Date): Promise<boolean> {
  const life = await lifeOfOwner(join(path, OWNER_FILE))
  return life === null ? isOlder(path, now, YOUNG_MS) : life === 'ended'
}

/** Of the process that a file names; null where it names none. */
async function lifeOfOwner(file: string): Promise<ReturnType<typeof lifeOf> | null> {
  const owner = await readOwnerFile(file)
  return owner === null ? null : lifeOf(owner)
}

async function isOlder(path: string, now: Date, ms: number): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => now.getTime() - mtimeMs > ms,
    () => false
  )
}
