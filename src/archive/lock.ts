import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { link, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { plainFileProblem } from '../input-file.ts'
import { lifeOf, type Owner, readOwnerFile, thisOwner } from './owner.ts'

/** Another process collects this cluster into this folder. */
export class LockedError extends Error {
  override name = 'LockedError'
}

export interface Lock {
  release(): Promise<void>
}

/** A process that takes over a dead one's lock holds this beside it for an instant; an older one was left by a crash. */
const TAKEOVER_MS = 60_000

/**
 * One collection of a cluster at a time: the file says who, and is there whole or not at all (written aside, then linked, which fails
 * where there is one). A dead process's lock is taken over. Throws: LockedError.
 */
export async function lockCluster(folder: string, cluster: string, now: Date): Promise<Lock> {
  const file = join(folder, lockName(cluster))
  const owner = thisOwner(now)
  const problem = plainFileProblem(file)
  if (problem !== null) throw new LockedError(`${problem}; remove it`)
  const mine = `${file}.${owner.pid}`
  try {
    // At once: of a file that its writer left empty nobody knows for ten minutes whose it is.
    writeFileSync(mine, `${JSON.stringify(owner)}\n`, { mode: 0o600 })
    if (!(await tryLink(mine, file)) && !(await takeOver(mine, file)))
      throw new LockedError(busy(file, cluster, await readOwnerFile(file)))
  } finally {
    await rm(mine, { force: true })
  }
  return { release: () => rm(file, { force: true }) }
}

/** Readable for people, and different for different names. */
function lockName(cluster: string): string {
  const readable = cluster.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 60)
  return `.lock-${readable}${readable === cluster ? '' : `-${createHash('sha256').update(cluster).digest('hex').slice(0, 8)}`}`
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Only one at a time looks and replaces: otherwise two that saw the same dead lock could each remove the other's new one. */
async function takeOver(mine: string, file: string): Promise<boolean> {
  const guard = `${file}.takeover`
  const since = await stat(guard).then(
    ({ mtimeMs }) => mtimeMs,
    () => Infinity
  )
  if (Date.now() - since > TAKEOVER_MS) await rm(guard, { force: true })
  if (!(await tryLink(mine, guard))) return false
  try {
    const owner = await readOwnerFile(file)
    if (owner !== null && lifeOf(owner) !== 'ended') return false
    await rm(file, { force: true })
    return await tryLink(mine, file)
  } finally {
    await rm(guard, { force: true })
  }
}

function busy(file: string, cluster: string, owner: Owner | null): string {
  if (owner === null) return `cluster ${cluster} is being collected by another snap (${file})`
  const elsewhere = lifeOf(owner) === 'unknown' ? `; should it have died there, remove ${file}` : ''
  return `cluster ${cluster} is being collected since ${owner.since} by process ${owner.pid} on ${owner.host}${elsewhere}`
}
