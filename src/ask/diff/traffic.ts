import type { Store } from '../../store/open.ts'
import type { StoredRule } from './chain-rules.ts'
import { wayOf } from './destinations.ts'
import { pairDumps } from './dumps.ts'
import { StoredFacts } from './fact-rows.ts'
import type { DiffFilter } from './filter.ts'
import type { FrontendTraffic } from './frontend-traffic.ts'
import { DISPATCHING, frontendOf } from './owners.ts'
import { ServiceIndex } from './service-index.ts'
import { frontendName } from './service-rules.ts'
import { loadSide, type Part, type Side } from './side.ts'

/** For every frontend of every Service, on every node whose rules one of the snapshots holds. */
export function traffic(
  store: Store,
  before: { id: number; name: string },
  after: { id: number; name: string },
  filter: DiffFilter
): FrontendTraffic[] {
  const [was, is] = [loadSide(store, before), loadSide(store, after)]
  const facts = new StoredFacts(store)
  const owners = [is, was].map((side) => new ServiceIndex(facts, side))
  const counts = new Counts(store)
  return pairDumps(was, is)
    .filter(({ node }) => node !== null && (filter.node === undefined || node === filter.node))
    .flatMap(({ node, family, before: old, after: now }) => {
      const [a, b] = [counts.of(old), counts.of(now)]
      const frontends = new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])
      return [...frontends].sort().flatMap((frontend): FrontendTraffic[] => {
        const port = owners.map((index) => index.byFrontend.get(frontend)).find((each) => each !== undefined)
        if (!port || !isAsked(port, filter)) return []
        return [
          {
            service: port.service,
            namespace: port.namespace,
            frontend: frontendName(frontend),
            node: node!,
            family,
            ...compared(a?.get(frontend), b?.get(frontend), { isKnown: a !== undefined && b !== undefined })
          }
        ]
      })
    })
}

function isAsked({ service, namespace }: { service: string; namespace: string }, filter: DiffFilter): boolean {
  if (filter.kinds && !filter.kinds.includes('service')) return false
  if (filter.namespace !== undefined && namespace !== filter.namespace) return false
  return filter.service === undefined || service === filter.service || service.endsWith(`/${filter.service}`)
}

/** Packets of each rule of a frontend, by the rule's text. */
type RuleCounts = ReadonlyMap<string, number>

function compared(
  before: RuleCounts | undefined,
  after: RuleCounts | undefined,
  { isKnown }: { isKnown: boolean }
): Pick<FrontendTraffic, 'before' | 'after' | 'atLeast' | 'isReset'> {
  const total = (counts: RuleCounts | undefined) =>
    counts ? [...counts.values()].reduce((sum, each) => sum + each, 0) : null
  const rules = [...(after ?? [])].map(([text, now]) => ({ now, old: before?.get(text) ?? 0 }))
  const least = rules.reduce((sum, { now, old }) => sum + (now < old ? now : now - old), 0)
  return {
    before: total(before),
    after: total(after),
    atLeast: isKnown && after ? least : null,
    isReset: isKnown && rules.some(({ now, old }) => now < old)
  }
}

interface CountedRule extends Pick<StoredRule, 'text' | 'protocol' | 'destination' | 'destinationPorts' | 'target'> {
  readonly kind: string
  readonly packets: string | number
}

/** Reads what a dump's dispatch rules counted, by frontend. */
class Counts {
  private readonly store: Store

  constructor(store: Store) {
    this.store = store
  }

  /** undefined where the dump is not whole or has no counters. */
  of(part: Part | undefined): Map<string, Map<string, number>> | undefined {
    if (
      part?.status !== 'complete' ||
      this.store.prepare('SELECT counters FROM _part WHERE id = ?').pluck().get(part.id) !== 1
    )
      return undefined
    const frontends = new Map<string, Map<string, number>>()
    for (const rule of part.versions.flatMap((version) => this.rules(part, version))) {
      const frontend = wayOf(rule.target) === undefined ? undefined : frontendOf(rule.kind, rule)
      if (frontend === undefined) continue
      const counts = frontends.get(frontend) ?? new Map<string, number>()
      frontends.set(frontend, counts)
      counts.set(rule.text, (counts.get(rule.text) ?? 0) + Number(rule.packets))
    }
    return frontends
  }

  private rules(part: Part, { collection, seq }: Side['parts'][number]['versions'][number]): CountedRule[] {
    return this.store
      .prepare(`SELECT n.kind, r.text, r.protocol, r.destination, r.destination_ports AS destinationPorts, r.target,
        coalesce(k.counts ->> (2 * r.place), 0) AS packets
      FROM _chain_name n JOIN _rule r ON r.chain = n.id LEFT JOIN _counter k ON k.part = @part AND k.run = r.run
      WHERE n.collection = @collection AND n.kind IN (SELECT value FROM json_each(@kinds)) AND r.until > @seq AND r.since <= @seq`)
      .all({ part: part.id, collection, seq, kinds: JSON.stringify([...DISPATCHING]) }) as CountedRule[]
  }
}
