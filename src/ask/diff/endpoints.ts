import { ENDPOINT_TABLE } from '../../kinds/api/endpoint-rows.ts'
import { type Change, objectChange } from './change.ts'
import type { FactReader, FactRow } from './fact-rows.ts'
import { fieldChanges, pair } from './pairs.ts'
import { covers, hasAny, type Side, versionsOf } from './side.ts'
import { Unknowns } from './unknowns.ts'

const { key: KEY, fields: FIELDS } = ENDPOINT_TABLE.diff

/** What lists endpoints; kube-proxy goes by the first. */
const SUBJECTS = ['endpointslices', 'endpoints'] as const

/** The endpoints of each Service in both snapshots, by `namespace/service`. */
export interface EndpointSides {
  readonly before: ReadonlyMap<string, readonly FactRow[]>
  readonly after: ReadonlyMap<string, readonly FactRow[]>
}

/** What both snapshots list endpoints by: EndpointSlices, or Endpoints where one of the two has no slices. */
function subjectOf(before: Side, after: Side): string | undefined {
  return SUBJECTS.find((subject) => hasAny(before, subject) && hasAny(after, subject))
}

/** Whether all endpoints of a namespace are known in both snapshots. */
export function endpointsKnown(before: Side, after: Side, namespace: string): boolean {
  const subject = subjectOf(before, after)
  return subject !== undefined && covers(before, subject, namespace) && covers(after, subject, namespace)
}

/**
 * Endpoints that Services gained, lost, or whose readiness changed, whichever object lists them. Where both snapshots hold EndpointSlices and
 * Endpoints, what the Endpoints alone say of an address is told as theirs: kube-proxy does not go by them, other readers do.
 */
export function endpointChanges(facts: FactReader, before: Side, after: Side, unknowns: Unknowns): Change[] {
  const [subject, other] = SUBJECTS.filter((each) => hasAny(before, each) && hasAny(after, each))
  if (!subject) return []
  const changes = changesIn(subject, facts, before, after, unknowns)
  if (!other) return changes
  const told = new Set(changes.map(addressOf))
  const alone = changesIn(other, facts, before, after, new Unknowns()).filter((change) => !told.has(addressOf(change)))
  return [...changes, ...alone.map((change) => ({ ...change, aspect: 'Endpoints address' as const }))]
}

/** `demo/web 10.42.0.7:80` */
function addressOf({ object, name }: Change): string {
  return `${object} ${name.split(' ')[0]}`
}

function changesIn(
  subject: 'endpointslices' | 'endpoints',
  facts: FactReader,
  before: Side,
  after: Side,
  unknowns: Unknowns
): Change[] {
  const [was, is] = [versionsOf(before, subject), versionsOf(after, subject)]
  const { removed, added } = facts.changed('_endpoint', was, is)
  const touched = new Set([...removed, ...added].map(serviceOf))
  // An address may stand in several objects: what one of them loses another may still list.
  const sides = { before: listed(facts, before, subject, touched), after: listed(facts, after, subject, touched) }
  return [...touched].sort().flatMap((service) => {
    const pairs = pair(merged(sides.before.get(service)), merged(sides.after.get(service)), KEY)
    return pairs.flatMap(({ before: old, after: now }) => {
      const row = (now ?? old)!
      const of = { section: 'service' as const, namespace: String(row.namespace), object: service }
      const name = endpointName(row)
      if (old && now) {
        const untold = (field: string, side: 'before' | 'after') =>
          unknowns.add(`${field} of ${subject}`, side, 'its listing does not say')
        return fieldChanges(old, now, FIELDS, untold).map((field) =>
          objectChange(of, 'endpoint', `${name} ${field.name}`, field.before, field.after)
        )
      }
      if (!covers(now ? before : after, subject, of.namespace)) return []
      return [objectChange(of, 'endpoint', name, old && summary(old), now && summary(now))]
    })
  })
}

/** The endpoints of some Services on both sides. */
export function endpointsOf(
  facts: FactReader,
  before: Side,
  after: Side,
  services: ReadonlySet<string>
): EndpointSides {
  const subject = subjectOf(before, after)
  if (!subject) return { before: new Map(), after: new Map() }
  return { before: listed(facts, before, subject, services), after: listed(facts, after, subject, services) }
}

function listed(facts: FactReader, side: Side, subject: string, services: ReadonlySet<string>): Map<string, FactRow[]> {
  const byService = new Map<string, FactRow[]>()
  if (services.size === 0) return byService
  for (const row of facts.rows('_endpoint', versionsOf(side, subject))) {
    const service = serviceOf(row)
    if (!services.has(service)) continue
    const rows = byService.get(service)
    if (rows) rows.push(row)
    else byService.set(service, [row])
  }
  return byService
}

function serviceOf(row: FactRow): string {
  return `${row.namespace}/${row.service}`
}

/** Each address and port once, ready where any object says so, as kube-proxy goes by them. */
function merged(rows: readonly FactRow[] = []): FactRow[] {
  const byKey = new Map<string, FactRow>()
  for (const row of rows) {
    const key = JSON.stringify(KEY.map((column) => row[column]))
    const known = byKey.get(key)
    byKey.set(key, known && Number(known.ready) >= Number(row.ready) ? known : row)
  }
  return [...byKey.values()]
}

function endpointName({ address, port, port_name: name }: FactRow): string {
  const host = String(address).includes(':') ? `[${address}]` : address
  return `${host}${port === null ? '' : `:${port}`}${name ? ` (${name})` : ''}`
}

function summary({ ready, target_name: pod, node }: FactRow): string {
  const state = ready === null ? '' : ready ? 'ready' : 'not ready'
  return [state, pod ?? '', node ? `on ${node}` : ''].filter(Boolean).join(' ')
}
