import { existsSync } from 'node:fs'
import { SnapshotError } from '../../../archive/error.ts'
import { isForeign, openAny } from '../../../archive/foreign/open.ts'
import type { ForeignSnapshot } from '../../../archive/foreign/snapshot.ts'
import { together } from '../../../archive/foreign/together.ts'
import { listSnapshots } from '../../../archive/list.ts'
import type { Snapshot } from '../../../archive/open.ts'
import { UserError } from '../../../problem.ts'
import { unlessDamaged } from '../../../store/damage.ts'
import { importSnapshot } from '../../../store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../store/open.ts'
import { select, views } from '../../../store/select.ts'
import { EXIT } from '../../exit-codes.ts'
import { asking } from '../../store/asking.ts'
import { talk } from '../../terminal/print.ts'
import { progress } from '../../terminal/progress.ts'
import { version } from '../../version.ts'
import { instant } from './instant.ts'
import { isNodeFile, nodeFilesSnapshot } from './node-files.ts'

interface ImportArguments {
  readonly paths?: string[]
  readonly archive: string
  readonly store: string
  readonly node?: string
  readonly at?: string
  /** Tells only what could not be imported. */
  readonly quiet?: boolean
}

/** Imports what is named, or what is new in the archive folder, oldest first. What is of one node each is one snapshot. */
export async function importAll({
  paths = [],
  archive,
  store: file,
  node,
  at,
  quiet = false
}: ImportArguments): Promise<void> {
  const chosen = paths.length > 0 ? paths : await wholeSnapshots(archive)
  const nodeFiles = chosen.filter(isNodeFile)
  const options = {
    tool: `snap ${version()}`,
    ...(node !== undefined && { node }),
    ...(at !== undefined && { at: instant(at) })
  }
  const ofOneNode: ForeignSnapshot[] = []
  const opened = async (path: string): Promise<Snapshot | null> => {
    const snapshot = await openAny(path, options)
    if (!isForeign(snapshot)) return withoutOptions(snapshot, options)
    if (!snapshot.ofOneNode) return snapshot
    ofOneNode.push(snapshot)
    return null
  }
  await importing(
    file,
    [
      ...chosen.filter((path) => !nodeFiles.includes(path)).map((path) => () => opened(path)),
      async () => (ofOneNode.length === 0 ? null : together(ofOneNode)),
      async () => (nodeFiles.length === 0 ? null : withoutOptions(await nodeFilesSnapshot(nodeFiles), options))
    ],
    { alone: chosen.length === 1, quiet }
  )
}

/** What snap or its script wrote says of which nodes and when it is. */
function withoutOptions(snapshot: Snapshot, { node, at }: { readonly node?: string; readonly at?: Date }): Snapshot {
  if (node === undefined && at === undefined) return snapshot
  throw new UserError(
    `${snapshot.path}: says itself when and of which nodes it is: leave --${node === undefined ? 'at' : 'node'} out`
  )
}

/** Paths of the archive's snapshots that the store does not name, oldest first. A name is enough: what is named the same is compared when it is imported by its path. */
export async function newSnapshots({ archive, store }: { archive: string; store: string }): Promise<string[]> {
  const whole = (await listSnapshots(archive)).filter((entry) => !entry.partial)
  if (!existsSync(store)) return whole.map(({ path }) => path)
  const known = new Set(
    await asking(store, (database) => database.prepare('SELECT name FROM _snapshot').pluck().all() as string[])
  )
  return whole.filter(({ name }) => !known.has(name)).map(({ path }) => path)
}

async function wholeSnapshots(archive: string): Promise<string[]> {
  const entries = await listSnapshots(archive)
  for (const { path } of entries.filter((entry) => entry.partial))
    talk(`${path}: left out, its collection did not come to its end`)
  const whole = entries.filter((entry) => !entry.partial)
  if (whole.length === 0)
    throw new UserError(
      `${archive}: holds no snapshots; make one with "snap collect", or name the folder with --archive`
    )
  return whole.map(({ path }) => path)
}

/**
 * One that cannot be imported is told and does not keep the others out; the exit status then is 2.
 * The store is opened with the first that can be, so that a wrong path does not leave an empty store behind.
 */
async function importing(
  file: string,
  snapshots: readonly (() => Promise<Snapshot | null>)[],
  { alone, quiet }: { alone: boolean; quiet: boolean }
): Promise<void> {
  let store: Store | undefined
  try {
    for (const [index, open] of snapshots.entries()) {
      progress(`snapshot ${index + 1} of ${snapshots.length}: opening`)
      try {
        const snapshot = await open()
        if (snapshot === null) continue
        store ??= openStore(file)
        await importOne(store, telling(snapshot, `snapshot ${index + 1} of ${snapshots.length}`), quiet).finally(() =>
          snapshot.close?.()
        )
      } catch (error) {
        if (alone || !isOfThisSnapshot(error)) throw store ? unlessDamaged(store, error) : error
        talk(`snap: ${(error as Error).message}`)
        process.exitCode = EXIT.failed
      }
    }
  } finally {
    store?.close()
  }
}

/** The same snapshot; what of it is being read is told. */
function telling(snapshot: Snapshot, which: string): Snapshot {
  const total = snapshot.manifest.items.length
  let read = 0
  return Object.assign(Object.create(snapshot) as Snapshot, {
    read(...[item, along]: Parameters<Snapshot['read']>) {
      read += 1
      progress(
        `${which}, ${snapshot.name}: ${read} of ${total} items, ${item.kind}${item.node === undefined ? '' : ` of ${item.node}`}`
      )
      return snapshot.read(item, along)
    }
  })
}

function isOfThisSnapshot(error: unknown): boolean {
  return error instanceof SnapshotError || error instanceof UserError
}

async function importOne(store: Store, snapshot: Snapshot, quiet: boolean): Promise<void> {
  // Before anything is written: a store whose views are damaged is refused as it is.
  contents(store, snapshot.name)
  issueLines(store, snapshot.name)
  const { outcome, items, failed } = await importSnapshot(store, snapshot, new Date())
  if (quiet) return
  if (outcome === 'known') return talk(`${snapshot.name}: already in the store`)
  talk(`${snapshot.name}: imported, ${contents(store, snapshot.name)}`)
  if (isForeign(snapshot)) for (const note of snapshot.notes) talk(`  ${note}`)
  if (failed > 0) talk(`  ${failed} of ${items} items are missing or not whole`)
  const lines = issueLines(store, snapshot.name)
  for (const line of lines.slice(0, SHOWN)) talk(`  ${line}`)
  if (lines.length > SHOWN)
    talk(`  and ${lines.length - SHOWN} more: snap sql "select * from issues" -s ${snapshot.name}`)
}

const SHOWN = 20

function contents(store: Store, snapshot: string): string {
  const counts = ['nodes', 'services', 'endpoints', 'pods', 'chains', 'rules'].map((view) => {
    const count = store.prepare(`SELECT count(*) FROM ${view} WHERE snapshot = ?`).pluck().get(snapshot)
    return `${count} ${view}`
  })
  return counts.join(', ')
}

/** What went wrong, each reason once with all it concerns. */
function issueLines(store: Store, snapshot: string): string[] {
  const met = views
    .selectFrom('issues')
    .select(['phase', 'path', 'node', 'namespace', 'pod', 'line', 'object', 'message', 'text'])
    .where('snapshot', '=', snapshot)
  const concerned = new Map<string, { of: string[]; text: string | null }>()
  for (const { phase, path, node, namespace, pod, line, object, message, text } of select(store, met)) {
    const owner = node ?? (pod === null ? '' : `${namespace}/${pod}`)
    const of = [owner || path || '', object ?? '', line === null ? '' : `line ${line}`].filter(Boolean).join(' ')
    const known = concerned.get(`${phase}: ${message}`) ?? { of: [], text }
    known.of.push(of)
    concerned.set(`${phase}: ${message}`, known)
  }
  return [...concerned].map(([said, { of, text }]) => {
    const [first, ...others] = [...new Set(of)]
    const whose = others.length === 0 ? first : `${first} and ${others.length} more`
    return `${said} (${whose})${text ? ` «${text.slice(0, 120)}»` : ''}`
  })
}

export async function importText(args: { text: string; node?: string; at?: string; store: string }): Promise<void> {
  const { textSnapshot } = await import('./text-snapshot.ts')
  await importing(args.store, [() => textSnapshot(args)], { alone: true, quiet: false })
}
