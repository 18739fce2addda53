import { loadChecks } from '../../../ask/check/catalogue.ts'
import { runChecks } from '../../../ask/check/run.ts'
import { fillFlows } from '../../../ask/flows/fill.ts'
import { flowRows } from '../../../ask/flows/rows.ts'
import { named, requireColumn, sortedBy, withLabels } from '../../../ask/get/choose.ts'
import type { Kind } from '../../../ask/get/kind.ts'
import { KIND_WORDS, kindOf, namespacedRows } from '../../../ask/get/kinds.ts'
import { objects } from '../../../ask/get/objects.ts'
import type { Got } from '../../../ask/get/path.ts'
import { scopeTo } from '../../../ask/sql/scope.ts'
import type { SnapshotTime } from '../../../ask/time/resolve.ts'
import { age } from '../../../kinds/column/age.ts'
import { UserError } from '../../../problem.ts'
import { shortList } from '../../../report/diff/words.ts'
import { findingRows } from '../../../report/findings/rows.ts'
import type { Rows } from '../../../report/format/cell.ts'
import type { Store } from '../../../store/open.ts'
import { EXIT } from '../../exit-codes.ts'
import { nearby, nearest } from '../../nearest.ts'
import { talk } from '../../terminal/print.ts'
import { progress } from '../../terminal/progress.ts'
import { printGot, readOutput } from './output.ts'

export interface GetQuestion {
  /** `services`, `svc`, `svc/web` */
  readonly kind: string
  readonly names: readonly string[]
  readonly namespace?: string
  readonly node?: string
  readonly selector?: string
  readonly 'sort-by'?: string
  readonly headers: boolean
  readonly output: string
}

/** The kind and the names that were asked for. Throws: UserError for a word that is no kind. */
export function readKind(question: Pick<GetQuestion, 'kind' | 'names'>): { kind: Kind; names: string[] } {
  const [word = '', ...rest] = question.kind.split('/')
  const kind = kindOf(word)
  if (!kind) {
    const [best] = nearby(word, KIND_WORDS)
    const all = [...new Set(KIND_WORDS.map((each) => kindOf(each)!.name))].join(', ')
    throw new UserError(
      `get: there is no kind ${word}${best === undefined ? '.' : `; did you mean ${best}?`} It can be ${all}; "snap sql" asks everything else`
    )
  }
  return { kind, names: rest.length > 0 ? [rest.join('/'), ...question.names] : [...question.names] }
}

export function getObjects(store: Store, snapshot: SnapshotTime | undefined, question: GetQuestion): void {
  const { kind, names } = readKind(question)
  const output = readOutput(question.output)
  if (question.node !== undefined && !kind.hasNode)
    throw new UserError(`get: ${kind.name} are not of one node; leave --node out`)
  if (snapshot) {
    scopeTo(store, snapshot.name)
    requireNamed(store, snapshot.name, question)
  }
  progress(`${kind.name} of ${snapshot?.name ?? 'the store'}`)
  const found = named(kind, all(store, kind, snapshot?.name ?? '', question), names)
  const why = whyUnknown(store, kind, question.node)
  if (found.missing.length > 0) throw new UserError(missing(kind, found.missing, found.all, snapshot?.name, why))
  const selected =
    question.selector === undefined ? { gots: found.gots, unknown: 0 } : withLabels(kind, found.gots, question.selector)
  const path = question['sort-by']
  const gots = path === undefined ? selected.gots : sortedBy(selected.gots, path)
  for (const column of output.columns ?? []) requireColumn(gots, column.path)
  if (snapshot)
    talk(
      `snap: ${kind.name} of ${snapshot.name}, taken ${age(snapshot.takenAt.toISOString(), new Date().toISOString())} ago`
    )
  if (selected.unknown > 0) talk(`snap: ${selected.unknown} ${kind.name} left out: their labels are not known`)
  if (why !== undefined) talk(`snap: ${kind.name} are not known whole: ${why}`)
  if (gots.length === 0) {
    talk(
      why === undefined
        ? `snap: no ${kind.name}${question.namespace === undefined ? '' : ` in namespace ${question.namespace}`}`
        : `snap: whether there are ${kind.name} is unknown`
    )
    if (why !== undefined) process.exitCode = EXIT.partial
    if (!output.isForPrograms) return
  }
  printGot(kind, gots, {
    ...output,
    namespaces: question.namespace === undefined,
    headers: question.headers,
    takenAt: snapshot?.takenAt.toISOString() ?? '',
    isOne: names.length === 1 && gots.length === 1
  })
}

/** All of the kind; what stands in no table is computed. */
function all(store: Store, kind: Kind, snapshot: string, { namespace, node }: GetQuestion): Got[] {
  const choice = { ...(namespace !== undefined && { namespace }), ...(node !== undefined && { node }) }
  switch (kind.name) {
    case 'findings':
      return fromRows(findingRows(snapshot, runChecks(store, snapshot, loadChecks([])))).filter(
        (got) => node === undefined || got.node === node
      )
    case 'flows':
      fillFlows(store, [snapshot])
      return fromRows(flowRows(store, node === undefined ? {} : { node })).filter(
        (got) => namespace === undefined || got.namespace === namespace
      )
    default:
      return objects(store, kind, choice)
  }
}

function fromRows({ columns, rows }: Rows): Got[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
}

/** Throws: UserError for a node or namespace of which nothing in the snapshot tells. */
function requireNamed(store: Store, snapshot: string, { node, namespace }: GetQuestion): void {
  for (const [what, asked, sql] of [
    ['node', node, NODES],
    ['namespace', namespace, NAMESPACES]
  ] as const) {
    if (asked === undefined) continue
    const names = store.prepare(sql).pluck().all() as string[]
    if (!names.includes(asked))
      throw new UserError(`get: no ${what} ${asked} in ${snapshot}; there are ${shortList(names) || 'none'}`)
  }
}

const NODES = 'SELECT node FROM nodes UNION SELECT node FROM coverage WHERE node IS NOT NULL ORDER BY 1'
const NAMESPACES = `SELECT namespace FROM namespaces UNION SELECT namespace FROM coverage WHERE namespace IS NOT NULL
  UNION SELECT namespace FROM (${namespacedRows()}) ORDER BY 1`

/** Why the list is not whole; undefined where it is. Several nodes' rules are whole where each node's are. */
function whyUnknown(store: Store, { subjects }: Kind, of: string | undefined): string | undefined {
  if (subjects.length === 0) return undefined
  const parts = store
    .prepare(
      'SELECT subject, node, pod, namespace, status, detail FROM coverage WHERE subject IN (SELECT value FROM json_each(?))'
    )
    .all(JSON.stringify(subjects)) as {
    subject: string
    node: string | null
    pod: string | null
    status: string
    detail: string | null
  }[]
  if (parts.length === 0) return 'not collected'
  const isOwned = parts.some(({ node, pod }) => node !== null || pod !== null)
  if (isOwned && of !== undefined && !parts.some(({ node }) => node === of)) return `${of}: not collected`
  const gaps = parts
    .filter(({ node }) => of === undefined || node === null || node === of)
    .filter(({ status, pod }) => status !== 'complete' && (!isOwned || pod === null))
  if (isOwned ? gaps.length === 0 : parts.some(({ status }) => status === 'complete')) return undefined
  return [...new Set(gaps.map(({ node, status, detail }) => `${node === null ? '' : `${node}: `}${detail ?? status}`))]
    .slice(0, 3)
    .join('; ')
}

function missing(
  { singular, name }: Kind,
  names: readonly string[],
  all: readonly string[],
  snapshot: string | undefined,
  why: string | undefined
): string {
  const near = all.length > 0 ? `; nearest: ${nearest(names[0]!, all).join(', ')}` : ''
  if (why !== undefined) return `get: whether there was a ${singular} ${names[0]} is unknown: ${name}: ${why}${near}`
  return `get: ${snapshot ?? 'the store'} has no ${singular} ${names.join(', ')}${near}`
}
