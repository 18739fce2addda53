import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'
import type { FactReader } from './fact-rows.ts'
import type { RuleComparison } from './node-rules.ts'
import { Owners } from './owners.ts'
import type { RuleDelta } from './rule-delta.ts'
import { ServiceIndex } from './service-index.ts'
import { type Side, versionsOf } from './side.ts'

const keyOf = ({ collection, seq }: Version) => `${collection} ${seq}`

type Lists = Map<string, RuleDelta[]>

/** The rules that differ, by whose they are: `service demo/web`, `pod demo/web-1`, '' for nobody's. A list that nodes share is sorted once. */
export class OwnedRules {
  readonly sides: { readonly before: ServiceIndex; readonly after: ServiceIndex }
  private readonly lists = new Map<readonly RuleDelta[], Lists>()

  constructor(store: Store, facts: FactReader, before: Side, after: Side, comparisons: readonly RuleComparison[]) {
    const index = new ServiceIndex(facts, before)
    const isSame =
      String(versionsOf(before, 'services').map(keyOf)) === String(versionsOf(after, 'services').map(keyOf))
    this.sides = { before: index, after: isSame ? index : new ServiceIndex(facts, after) }
    const all = new Set(comparisons.flatMap(({ deltas }) => deltas))
    const every = [...all].flat()
    const owners = {
      '-': new Owners(store, before, this.sides.before, every),
      '+': new Owners(store, after, this.sides.after, every)
    }
    for (const list of all) this.lists.set(list, sorted(list, owners))
  }

  services(): string[] {
    return this.names('service ')
  }

  pods(): string[] {
    return this.names('pod ')
  }

  private names(prefix: string): string[] {
    const keys = [...this.lists.values()].flatMap((lists) => [...lists.keys()])
    return [...new Set(keys)]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .sort()
  }

  of(comparison: RuleComparison, service: string): RuleDelta[] {
    return this.list(comparison, `service ${service}`)
  }

  ofPod(comparison: RuleComparison, pod: string): RuleDelta[] {
    return this.list(comparison, `pod ${pod}`)
  }

  ofNobody(comparison: RuleComparison): RuleDelta[] {
    return this.list(comparison, '')
  }

  private list({ deltas }: RuleComparison, key: string): RuleDelta[] {
    return deltas.flatMap((list) => this.lists.get(list)!.get(key) ?? [])
  }
}

function sorted(list: readonly RuleDelta[], owners: { readonly '-': Owners; readonly '+': Owners }): Lists {
  const lists: Lists = new Map()
  for (const delta of list) {
    const owner = owners[delta.sign].of(delta)
    const key = !owner ? '' : 'pod' in owner ? `pod ${owner.pod}` : `service ${owner.service.service}`
    const known = lists.get(key)
    if (known) known.push(delta)
    else lists.set(key, [delta])
  }
  return lists
}
