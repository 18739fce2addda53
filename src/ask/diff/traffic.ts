import type { Store } from '../../store/open.ts'
import type { StoredRule } from './chain-rules.ts'
import { wayOf } from './destinations.ts'
import { pairDumps } from './dumps.ts'
import { StoredFacts } from './fact-rows.ts'
import type { DiffFilter } from './filter.ts'
import type { FrontTraffic } from './front-traffic.ts'
import { DISPATCHING, frontOf } from './owners.ts'
import { ServiceIndex } from './service-index.ts'
import { frontName } from './service-rules.ts'
import { loadSide, type Part, type Side } from './side.ts'

/** For every front of every Service, on every node whose rules one of the snapshots holds. */
export function traffic(
  store: Store,
  before: { id: number; name: string },
  after: { id: number; name: string },
  filter: DiffFilter
): FrontTraffic[] {
  const [was, is] = [loadSide(store, before), loadSide(store, after)]
  const facts = new StoredFacts(store)
  const owners = [is, was].map((side) => new ServiceIndex(facts, side))
  const counts = new Counts(store)
  return pairDumps(was, is)
    .filter(({ node }) => node !== null && (filter.node === undefined || node === filter.node))
    .flatMap(({ node, family, before: old, after: now }) => {
      const [a, b] = [counts.of(old), counts.of(now)]
      const fronts = new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])
      return [...fronts].sort().flatMap((front): FrontTraffic[] => {
        const port = owners.map((index) => index.byFront.get(front)).find((each) => each !== undefined)
        if (!port || !isAsked(port, filter)) return []
        return [
          {
            service: port.service,
            namespace: port.namespace,
            front: frontName(front),
            node: node!,
            family,
            ...compared(a?.get(front), b?.get(front), { isKnown: a !== undefined && b !== undefined })
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

/** Packets of each rule of a front, by the rule's text. */
type RuleCounts = ReadonlyMap<string, number>

function compared(
  before: RuleCounts | undefined,
  after: RuleCounts | undefined,
  { isKnown }: { isKnown: boolean }
): Pick<FrontTraffic, 'before' | 'after' | 'atLeast' | 'isReset'> {
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

/** Reads what a dump's dispatch rules counted, by front. */
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
    const fronts = new Map<string, Map<string, number>>()
    for (const rule of part.versions.flatMap((version) => this.rules(part, version))) {
      const front = wayOf(rule.target) === undefined ? undefined : frontOf(rule.kind, rule)
      if (front === undefined) continue
      const counts = fronts.get(front) ?? new Map<string, number>()
      fronts.set(front, counts)
      counts.set(rule.text, (counts.get(rule.text) ?? 0) + Number(rule.packets))
    }
    return fronts
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
