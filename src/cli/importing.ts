import { openSnapshot, type Snapshot } from '../archive/open.ts'
import { listSnapshots } from '../archive/list.ts'
import { UserError } from '../problem.ts'
import { openStore, type Store } from '../store/open.ts'
import { select, views } from '../store/select.ts'
import { importSnapshot } from '../store/import/import-snapshot.ts'
import { isNodeFile, nodeFilesSnapshot } from './node-files.ts'
import { talk } from './print.ts'

/** Imports what is named, or what is new in the archive folder, oldest first. The first that cannot be imported ends it. */
export async function importAll({ paths = [], archive, store: file }: { paths?: string[]; archive: string; store: string }): Promise<void> {
  const chosen = paths.length > 0 ? paths : await wholeSnapshots(archive)
  const nodeFiles = chosen.filter(isNodeFile)
  const snapshots = chosen.filter((path) => !nodeFiles.includes(path)).map((path) => () => openSnapshot(path))
  await importing(file, nodeFiles.length > 0 ? [...snapshots, async () => nodeFilesSnapshot(nodeFiles)] : snapshots)
}

async function wholeSnapshots(archive: string): Promise<string[]> {
  const entries = await listSnapshots(archive)
  for (const { path } of entries.filter((entry) => entry.partial)) talk(`${path}: left out, its collection did not come to its end`)
  const whole = entries.filter((entry) => !entry.partial)
  if (whole.length === 0) throw new UserError(`${archive}: holds no snapshots; make one with "snap collect", or name the folder with --archive`)
  return whole.map(({ path }) => path)
}

async function importing(file: string, snapshots: readonly (() => Promise<Snapshot>)[]): Promise<void> {
  // The first is opened before the store, so that a wrong path does not leave an empty store behind.
  const [first, ...rest] = snapshots
  const opened = await first!()
  const store = openStore(file)
  try {
    await importOne(store, opened)
    for (const open of rest) await importOne(store, await open())
  } finally {
    store.close()
  }
}

async function importOne(store: Store, snapshot: Snapshot): Promise<void> {
  const { outcome, items, failed, issues } = await importSnapshot(store, snapshot, new Date())
  if (outcome === 'known') return talk(`${snapshot.name}: already in the store`)
  talk(`${snapshot.name}: imported, ${contents(store, snapshot.name)}`)
  if (failed > 0) talk(`  ${failed} of ${items} items had failed in collection`)
  for (const line of issueLines(store, snapshot.name)) talk(`  ${line}`)
  if (issues > SHOWN) talk(`  and ${issues - SHOWN} more: snap sql "select * from issues" -s ${snapshot.name}`)
}

const SHOWN = 20

function contents(store: Store, snapshot: string): string {
  const counts = ['nodes', 'services', 'endpoints', 'pods', 'chains', 'rules'].map((view) => {
    const count = store.prepare(`SELECT count(*) FROM ${view} WHERE snapshot = ?`).pluck().get(snapshot)
    return `${count} ${view}`
  })
  return counts.join(', ')
}

function issueLines(store: Store, snapshot: string): string[] {
  const first = views.selectFrom('issues')
    .select(['phase', 'path', 'node', 'namespace', 'pod', 'line', 'message', 'text'])
    .where('snapshot', '=', snapshot)
    .limit(SHOWN)
  return select(store, first).map(({ phase, path, node, namespace, pod, line, message, text }) => {
    const owner = node ?? (pod === null ? '' : `${namespace}/${pod}`)
    return [`${phase}:`, path ?? owner, line === null ? '' : `line ${line}:`, message, text ? `«${text.slice(0, 120)}»` : ''].filter(Boolean).join(' ')
  })
}

export async function importText(args: { text: string; node?: string; at?: string; store: string }): Promise<void> {
  const { textSnapshot } = await import('./text-snapshot.ts')
  await importing(args.store, [() => textSnapshot(args)])
}
