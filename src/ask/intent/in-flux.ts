import { NEWEST } from '../../model/intent/behaviour.ts'
import { type Deviation, deviations, type Observed } from '../../model/intent/compare.ts'
import type { Intended, Sender } from '../../model/intent/intent.ts'
import type { Store } from '../../store/open.ts'
import type { Frontend } from '../flows/frontend.ts'
import type { IntentNode, Intents } from './intents.ts'
import { type Endpoints, endpointsAfter, isListed } from './services.ts'

/** A Service younger than this when a node was read may not have come to its kube-proxy yet; its default minSyncPeriod is 1 s, a sync of large tables takes longer. */
const SYNC_MILLISECONDS = 30_000

/** A comparison that found something. */
export interface Compared {
  readonly observed: readonly Observed[]
  /** The address and port asked for. */
  readonly asked: string
  readonly node: IntentNode
  readonly frontend: Frontend
  readonly sender: Sender
}

/** Objects and dumps are taken at different instants: what changed in between explains a difference. */
export class InFlux {
  private readonly intents: Intents
  private readonly after: Endpoints | undefined
  private readonly fromSlices: boolean
  /** When the rules of each node were read, in milliseconds since 1970. */
  private readonly readAt: ReadonlyMap<string, number>

  constructor(store: Store, intents: Intents) {
    this.intents = intents
    this.after = endpointsAfter(store)
    this.fromSlices = isListed(store, 'endpointslices')
    const rows = store
      .prepare("SELECT node, min(started_at) FROM coverage WHERE subject = 'rules' AND node IS NOT NULL GROUP BY node")
      .raw()
      .all() as [string, string | null][]
    this.readAt = new Map(rows.map(([node, at]) => [node, Date.parse(at ?? '')]))
  }

  explains(found: readonly Deviation[], compared: Compared): boolean {
    return this.isNew(compared) || this.endpointsChanged(found, compared)
  }

  private isNew({ node, frontend: { namespace, service } }: Compared): boolean {
    const [made, read] = [
      Date.parse(this.intents.services.get(`${namespace}/${service}`)?.createdAt ?? ''),
      this.readAt.get(node.place.node) ?? Number.NaN
    ]
    return made > read - SYNC_MILLISECONDS && made < read + SYNC_MILLISECONDS
  }

  /** True where the rules are right for the endpoints of the second list, or for some between the two. */
  private endpointsChanged(
    found: readonly Deviation[],
    { observed, asked, node, frontend, sender }: Compared
  ): boolean {
    const { after, intents } = this
    if (after === undefined) return false
    const [then, now] = [intents.endpoints.of(frontend, node.family), after.of(frontend, node.family)]
    if (JSON.stringify(sorted(then)) === JSON.stringify(sorted(now))) return false
    if (!after.hasService(frontend.namespace, frontend.service)) return true
    const later = intents.of(node, frontend, sender, after)
    return deviations(observed, later, asked).length === 0 || between(found, intents.of(node, frontend, sender), later)
  }

  /** What was not seen, and would make a difference surer; '' for nothing. */
  unsure({ proxy: { versions } }: IntentNode, intents: readonly Intended[]): string {
    return [
      intents.length > 1
        ? `kube-proxy's version is not told; its rules are those of 1.${versions.from}${versions.to === NEWEST ? ' or later' : ` to 1.${versions.to}`}`
        : '',
      this.fromSlices ? '' : 'EndpointSlices were not listed, Endpoints objects were used',
      this.after === undefined ? 'endpoints were not listed again after the rules: a change in between is not seen' : ''
    ]
      .filter(Boolean)
      .join('; ')
  }
}

/** Some of the changes had come to the node, and others had not. */
function between(found: readonly Deviation[], before: readonly Intended[], after: readonly Intended[]): boolean {
  const [then, now] = [before, after].map(
    (intents) => new Set(intents.flatMap(({ destinations }) => destinations))
  ) as [Set<string>, Set<string>]
  const refusedOnce = [...before, ...after].some(({ verdict }) => verdict !== 'accepted')
  return found.every(({ kind, what }) => {
    if (kind === 'extra' || kind === 'open')
      return what.every((destination) => then.has(destination) || now.has(destination))
    if (kind === 'missing') return what.every((destination) => !(then.has(destination) && now.has(destination)))
    if (kind === 'lost' || kind === 'refusal') return refusedOnce
    return kind === 'share'
  })
}

function sorted<T extends { readonly destination: string }>(endpoints: readonly T[]): T[] {
  return [...endpoints].sort((a, b) => (a.destination < b.destination ? -1 : 1))
}
