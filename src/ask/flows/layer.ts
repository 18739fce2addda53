import { chainKind } from '../../model/chain-kinds.ts'
import type { RuleChain } from '../../model/packet/packet.ts'
import { type StoredChain, type StoredChains, type StoredRule, textOfRule } from '../../store/rules/stored-chains.ts'
import { leadingDestination, readingOf, singleAddress, valueAt } from './form.ts'
import { type Mentioned, mentionedIn } from './mentioned.ts'

/** A rule of a common chain that begins with one destination. */
export interface PlacedRule {
  /** Table, chain, and how many rules without a single destination stand before it there. */
  readonly place: string
  readonly table: string
  readonly rule: StoredRule
}

/** One set of chains of a node's rules, the set that all nodes share or the node's own, and what is looked up in it. */
export class RuleLayer {
  readonly chains: StoredChains
  readonly mentioned: Mentioned
  private readonly dispatched = new Map<string, PlacedRule[]>()
  /** Single addresses that common chains name otherwise than by an own `-d`. */
  private readonly special = new Set<string>()
  private readonly common = new Map<StoredChain, RuleChain>()
  private readonly owned = new Map<StoredChain, RuleChain>()

  constructor(chains: StoredChains) {
    this.chains = chains
    this.mentioned = mentionedIn(chains)
    for (const named of chains.values()) {
      for (const chain of named.values()) if (chainKind(chain.name).hash === null) this.index(chain)
    }
  }

  chain(table: string, name: string): StoredChain | undefined {
    return this.chains.get(table)?.get(name)
  }

  /** As the evaluator takes it: the same object until `forget`. */
  ruleChain(table: string, name: string): RuleChain | undefined {
    const chain = this.chain(table, name)
    if (!chain) return undefined
    const cache = chainKind(name).hash === null ? this.common : this.owned
    let made = cache.get(chain)
    if (!made) cache.set(chain, (made = ruleChain(chain)))
    return made
  }

  /** Lets go of the chains of the Service just asked about: kept, a hundred thousand of them cost more than making them. */
  forget(): void {
    this.owned.clear()
  }

  /** What common chains do with packets to the address; undefined where they name it in another way too. */
  to(address: string): readonly PlacedRule[] | undefined {
    return this.special.has(address) ? undefined : (this.dispatched.get(address) ?? [])
  }

  private index({ table, name, rules }: StoredChain): void {
    let general = 0
    for (const rule of rules) {
      const destination = leadingDestination(rule)
      this.learnSpecial(rule, destination)
      if (destination === undefined) general += 1
      else {
        const placed = { place: `${table} ${name} ${general}`, table, rule }
        const list = this.dispatched.get(destination)
        if (list) list.push(placed)
        else this.dispatched.set(destination, [placed])
      }
    }
  }

  private learnSpecial(rule: StoredRule, destination: string | undefined): void {
    for (const place of readingOf(rule.form).places) {
      if (place.role !== 'source' && place.role !== 'destination') continue
      const address = singleAddress(valueAt(rule, place))
      if (address !== undefined && address !== destination) this.special.add(address)
    }
  }
}

function ruleChain({ policy, complete, rules, label }: StoredChain): RuleChain {
  return { policy, complete, rules: rules.map((rule) => textOfRule(rule, label)) }
}
