import type { Family, Rules } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import { dumpParts, tablesOf, type DumpPart } from '../../store/rules/read.ts'
import { pastedRules } from './pasted-rules.ts'
import { storedRules, type ChainCache } from './stored-rules.ts'

export type KnownRules =
  | {
      readonly rules: Rules
      readonly part: DumpPart
      readonly assumptions: () => readonly string[]
      /** Only some chains are known: what was not seen to happen may have happened in others. */
      readonly partial: boolean
    }
  /** Why they are not known. */
  | { readonly unknown: string }

/** The rules of every namespace the snapshot has a dump of. */
export class RulesSource {
  private readonly store: Store
  private readonly snapshot: string
  /** Made of pasted text: what stands between the chains listed is filled in. */
  readonly pasted: boolean
  private readonly chains: ChainCache = new Map()
  private readonly parts = new Map<Family, DumpPart[]>()
  private readonly known = new Map<string, KnownRules | undefined>()

  constructor(store: Store, snapshot: string) {
    this.store = store
    this.snapshot = snapshot
    this.pasted = store.prepare('SELECT pasted FROM main.snapshots WHERE snapshot = ?').pluck().get(snapshot) === 1
  }

  ofNode(node: string, family: Family): KnownRules {
    const found = this.remember(`${family} ${node}`, () => this.choose(family, (part) => part.node === node))
    return found ?? { unknown: `the rules of ${node} were not collected` }
  }

  /** Undefined where nobody asked the pod for rules: most pods have none of their own. */
  ofPod(namespace: string, pod: string, family: Family): KnownRules | undefined {
    return this.remember(`${family} ${namespace}/${pod}`, () => this.choose(family, (part) => part.namespace === namespace && part.pod === pod))
  }

  private remember(key: string, load: () => KnownRules | undefined): KnownRules | undefined {
    if (!this.known.has(key)) this.known.set(key, load())
    return this.known.get(key)
  }

  private choose(family: Family, belongs: (part: DumpPart) => boolean): KnownRules | undefined {
    const parts = this.partsOf(family).filter(belongs)
    const whole = parts.filter(({ status }) => status !== 'failed')
    const [part] = whole.sort((a, b) => this.weight(b) - this.weight(a))
    if (part) return this.rulesOf(part, family, whole)
    const [failed] = parts
    return failed && { unknown: `the rules of ${failed.node ?? `pod ${failed.namespace}/${failed.pod}`} could not be read: ${failed.detail}` }
  }

  /** With two backends on a node, the one with more chains is walked. */
  private weight(part: DumpPart): number {
    return this.store
      .prepare('SELECT count(*) FROM _part_set t JOIN _chain_name n ON n.collection = t.collection JOIN _chain c ON c.chain = n.id AND c.since <= t.seq AND t.seq < c.until WHERE t.part = ?')
      .pluck()
      .get(part.id) as number
  }

  private rulesOf(part: DumpPart, family: Family, all: readonly DumpPart[]): KnownRules {
    const assumed = new Set<string>()
    const other = all.find(({ backend, id }) => backend !== part.backend && tablesOf(this.store, id).size > 0)
    if (other) assumed.add(`${part.node ?? part.pod} has rules in iptables-${other.backend} too; only those of iptables-${part.backend} were followed`)
    if (this.pasted && part.detail) assumed.add(part.detail)
    const stored = storedRules(this.store, part, family, this.chains)
    const rules = this.pasted ? pastedRules(stored, (text) => assumed.add(text)) : stored
    return { rules, part, partial: this.pasted, assumptions: () => [...assumed] }
  }

  private partsOf(family: Family): DumpPart[] {
    let parts = this.parts.get(family)
    if (!parts) this.parts.set(family, (parts = dumpParts(this.store, this.snapshot, family === 6 ? 'ipv6' : 'ipv4')))
    return parts
  }
}
