import { scopeTo } from '../../../ask/sql/scope.ts'
import { UserError } from '../../../problem.ts'
import type { Rows } from '../../../report/format/cell.ts'
import type { Store } from '../../../store/open.ts'
import { nearest } from '../../nearest.ts'
import { SHOWN, type ShownKind } from './kinds.ts'

export interface ShownPart {
  readonly title: string
  /** One row, told field by field. */
  readonly single: boolean
  readonly rows: Rows
  /** Why there are no rows, where that does not mean that there is nothing. */
  readonly unknown: string | null
}

/**
 * What a snapshot holds about one object. Throws: UserError where there is no such object, naming the nearest ones,
 * and where the snapshot does not say whether there is.
 */
export function show(store: Store, snapshot: string, kind: string, words: readonly string[]): ShownPart[] {
  scopeTo(store, snapshot)
  const shown = SHOWN[kind]!
  const parameters = kind === 'snapshot' ? { namespace: '', name: snapshot } : find(store, snapshot, kind, shown, words)
  return shown.parts.flatMap(({ title, sql, single, subjects, optional }) => {
    const statement = store.prepare(sql).safeIntegers(true)
    const rows = statement.raw().all(parameters) as unknown[][]
    if (optional && rows.length === 0) return []
    const unknown = rows.length === 0 && subjects ? whyUnknown(store, kind, parameters, subjects) : null
    return [
      { title, single: single === true, rows: { columns: statement.columns().map(({ name }) => name), rows }, unknown }
    ]
  })
}

/** The reason why "none" is not proved; null where one of the subjects was read whole, for this node or pod where it is theirs. */
function whyUnknown(
  store: Store,
  kind: string,
  { namespace, name }: { namespace: string; name: string },
  subjects: readonly string[]
): string | null {
  const pod = kind === 'pod' ? name : null
  const node = kind === 'node' ? name : null
  const parts = store
    .prepare(`SELECT status, detail FROM coverage WHERE subject IN (SELECT value FROM json_each(@subjects))
      AND (pod IS NULL AND (@pod IS NULL OR subject NOT IN ('listeners', 'rules')) OR pod = @pod AND namespace = @namespace)
      AND (@node IS NULL OR node IS NULL OR node = @node)`)
    .all({ subjects: JSON.stringify(subjects), pod, node, namespace }) as { status: string; detail: string | null }[]
  if (parts.some(({ status }) => status === 'complete')) return null
  return parts.map(({ status, detail }) => detail ?? status).join('; ') || 'not collected'
}

function find(
  store: Store,
  snapshot: string,
  kind: string,
  shown: ShownKind,
  words: readonly string[]
): { namespace: string; name: string } {
  const wanted = words.join('/')
  const scope = kind === 'chain' ? { namespace: words[0] ?? '' } : {}
  const names = store.prepare(shown.names).pluck().all(scope) as string[]
  const found = names.filter((name) => name === wanted || (kind !== 'chain' && name.endsWith(`/${wanted}`)))
  const [name] = found
  if (found.length > 1) throw new UserError(`show: ${found.length} ${kind}s are named ${wanted}: ${found.join(', ')}`)
  if (name === undefined) throw new UserError(missing(store, snapshot, kind, shown, wanted, names))
  const slash = name.indexOf('/')
  return { namespace: slash < 0 ? '' : name.slice(0, slash), name: name.slice(slash + 1) }
}

function missing(
  store: Store,
  snapshot: string,
  kind: string,
  { subject }: ShownKind,
  wanted: string,
  names: readonly string[]
): string {
  if (kind === 'chain' && names.length === 0) return chainsUnknown(store, snapshot, wanted)
  const near = names.length > 0 ? `; nearest: ${nearest(wanted, names).join(', ')}` : ''
  const parts = store.prepare('SELECT status, detail FROM coverage WHERE subject = ?').all(subject) as {
    status: string
    detail: string | null
  }[]
  if (parts.some(({ status }) => status === 'complete')) return `show: ${snapshot} has no ${kind} ${wanted}${near}`
  const reason = parts.map(({ status, detail }) => detail ?? status).join('; ') || 'not collected'
  return `show: whether there was a ${kind} ${wanted} is unknown: ${subject} of ${snapshot}: ${reason}${near}`
}

function chainsUnknown(store: Store, snapshot: string, wanted: string): string {
  const nodes = store
    .prepare('SELECT DISTINCT node FROM chains WHERE node IS NOT NULL ORDER BY node')
    .pluck()
    .all() as string[]
  const node = wanted.split('/')[0]!
  return `show: ${snapshot} holds no rules of a node ${node}; it has rules of ${nodes.join(', ') || 'no node'} (say: chain NODE CHAIN)`
}
