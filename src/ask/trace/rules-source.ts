import type { Step } from '../../model/packet/outcome.ts'
import type { BothBackends, Family, Rules } from '../../model/packet/packet.ts'
import { unseenLegacy } from '../../model/packet/unseen.ts'
import { LEGACY_UNSEEN } from '../../parse/iptables/stray-warning.ts'
import type { Store } from '../../store/open.ts'
import { actsAtAll, type DumpPart, dumpParts, haveProxyRules, packetsOf } from '../../store/rules/read.ts'
import { pastedRules } from './pasted-rules.ts'
import { type ProxyMode, proxyModesTold } from './proxy-mode.ts'
import { type ChainCache, storedRules } from './stored-rules.ts'

export type KnownRules =
  | {
      /** Of both backends where both have rules on the host. */
      readonly rules: Rules | BothBackends
      /** The dumps they stand in, parallel to them. */
      readonly parts: readonly DumpPart[]
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
  private readonly unproxied = new Map<string, boolean>()
  private modes: ReturnType<typeof proxyModesTold> | undefined
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
    return this.remember(`${family} ${namespace}/${pod}`, () =>
      this.choose(family, (part) => part.namespace === namespace && part.pod === pod)
    )
  }

  private remember(key: string, load: () => KnownRules | undefined): KnownRules | undefined {
    if (!this.known.has(key)) this.known.set(key, load())
    return this.known.get(key)
  }

  /** Whether something else than the node's iptables may say where its Services lead: another mode of kube-proxy, or another proxy. */
  lacksProxy(node: string, family: Family): boolean {
    const key = `${family} ${node}`
    if (!this.unproxied.has(key)) this.unproxied.set(key, !this.pasted && this.isUnproxied(node, family))
    return this.unproxied.get(key)!
  }

  /** kube-proxy's mode where the node says it otherwise than by rules of iptables. */
  modeTold(node: string, family: Family): ProxyMode | undefined {
    return (this.modes ??= proxyModesTold(this.store, this.snapshot))(node, family)
  }

  private isUnproxied(node: string, family: Family): boolean {
    const told = this.modeTold(node, family)
    if (told?.knownBy === 'kube-proxy') return told.mode !== 'iptables'
    const parts = this.partsOf(family).filter((part) => part.node === node && part.status !== 'failed')
    return parts.length > 0 && !haveProxyRules(this.store, parts)
  }

  /** How often a rule was hit; undefined where its dump has no counters. */
  packets(
    place: string,
    family: Family,
    { table, chain, backend }: Pick<Step, 'table' | 'chain' | 'backend'>,
    text: string
  ): bigint | undefined {
    const [kind, ...name] = place.split('/')
    const known = kind === 'node' ? this.ofNode(name.join('/'), family) : this.ofPod(name[0]!, name[1]!, family)
    if (known === undefined || 'unknown' in known) return undefined
    const part = known.parts.find((each) => backend === undefined || each.backend === backend)
    return part && packetsOf(this.store, part.id, table!, chain!, text)
  }

  private choose(family: Family, belongs: (part: DumpPart) => boolean): KnownRules | undefined {
    const parts = this.partsOf(family).filter(belongs)
    const whole = parts.filter(({ status }) => status !== 'failed')
    if (whole.length > 0) return this.rulesOf(whole, family)
    const [failed] = parts
    return (
      failed && {
        unknown: `the rules of ${failed.node ?? `pod ${failed.namespace}/${failed.pod}`} could not be read: ${failed.detail}`
      }
    )
  }

  /** A backend that stops and changes nothing need not be followed, as long as another is there. */
  private rulesOf(whole: readonly DumpPart[], family: Family): KnownRules {
    const assumed = new Set<string>()
    const used =
      whole.length > 1 ? whole.filter(({ id, status }) => status !== 'complete' || actsAtAll(this.store, id)) : whole
    const parts = (used.length > 0 ? used : whole).slice(0, 2)
    const each = parts.map((part) => this.rulesIn(part, family, (text) => assumed.add(text)))
    const [first, second = unseenBackend(parts, family)] = each
    return { rules: second ? [first!, second] : first!, parts, partial: this.pasted, assumptions: () => [...assumed] }
  }

  private rulesIn(part: DumpPart, family: Family, assume: (text: string) => void): Rules {
    if (this.pasted && part.detail) assume(part.detail)
    const stored = storedRules(this.store, part, family, this.chains)
    return this.pasted ? pastedRules(stored, assume, part.detail?.includes('without -v') === true) : stored
  }

  private partsOf(family: Family): DumpPart[] {
    let parts = this.parts.get(family)
    if (!parts) this.parts.set(family, (parts = dumpParts(this.store, this.snapshot, family === 6 ? 'ipv6' : 'ipv4')))
    return parts
  }
}

/** The other backend's rules, where iptables warned of them and they were not collected. */
function unseenBackend(parts: readonly DumpPart[], family: Family): Rules | undefined {
  return parts.some(({ detail }) => detail?.includes(LEGACY_UNSEEN)) ? unseenLegacy(family) : undefined
}
