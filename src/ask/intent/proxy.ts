import { NEWEST, OLDEST, type VersionRange } from '../../model/intent/behaviour.ts'
import type { ProxySettings } from '../../model/intent/intent.ts'
import { minorVersion, narrowed } from '../../model/intent/layout.ts'
import type { Family } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'
import { type ChainSet, rulesetOf, setsOf } from '../../store/rules/read.ts'
import type { ProxyMode } from '../trace/proxy-mode.ts'
import type { KnownRules, RulesSource } from '../trace/rules-source.ts'
import { type RuledSettings, settingsOf } from './proxy-settings.ts'

/** What is known of the kube-proxy of a node, for one address family. */
export interface KnownProxy {
  /**
   * `iptables`: its rules stand there. `ipvs`, `nftables`: the node says so. `none`: no rules of iptables in a whole dump, and the node does
   * not say another mode. `unknown`: not collected, or only in part.
   */
  readonly mode: 'iptables' | 'ipvs' | 'nftables' | 'none' | 'unknown'
  /** Null where the mode is not known. */
  readonly knownBy: 'rules' | ProxyMode['knownBy'] | null
  readonly versions: VersionRange
  readonly settings: ProxySettings
  readonly nodePortAddresses: 'all' | readonly string[]
}

const NOTHING_KNOWN = {
  versions: { from: OLDEST, to: NEWEST },
  settings: { podNetwork: 'unknown', masqueradeAll: false },
  nodePortAddresses: 'all'
} as const

/** Without rules of iptables that are seen: a mode of iptables that a node says is not one that is seen to serve. */
function otherMode(told: ProxyMode | undefined, without: 'none' | 'unknown'): Pick<KnownProxy, 'mode' | 'knownBy'> {
  return told !== undefined && told.mode !== 'iptables'
    ? told
    : { mode: without, knownBy: without === 'none' ? 'rules' : null }
}

/** Asks the rules of each node, once for nodes with equal ones. The store is scoped to the snapshot. */
export class Proxies {
  private readonly store: Store
  private readonly source: RulesSource
  private readonly read = new Map<string, RuledSettings | undefined>()
  private readonly kinds = new Map<string, readonly (readonly [kind: string, chains: number])[]>()
  private told: Map<string, number> | undefined

  constructor(store: Store, source: RulesSource) {
    this.store = store
    this.source = source
  }

  of(node: string, family: Family): KnownProxy {
    const known = this.source.ofNode(node, family)
    const told = this.source.modeTold(node, family)
    // What kube-proxy itself says holds against rules that another mode left behind.
    if (told?.knownBy === 'kube-proxy' && told.mode !== 'iptables') return { ...told, ...NOTHING_KNOWN }
    if ('unknown' in known) return { ...otherMode(told, 'unknown'), ...NOTHING_KNOWN }
    const ruled = this.ruled(known)
    const whole = known.parts.every(({ status }) => status === 'complete')
    if (!ruled) return { ...otherMode(told, whole ? 'none' : 'unknown'), ...NOTHING_KNOWN }
    return {
      mode: whole ? 'iptables' : 'unknown',
      knownBy: whole ? 'rules' : null,
      ...ruled,
      versions: narrowed(ruled.versions, this.versionTold(node))
    }
  }

  /** Of the backend in which kube-proxy's rules are. */
  private ruled({ rules, parts }: Exclude<KnownRules, { unknown: string }>): RuledSettings | undefined {
    const ruleset = parts.map(({ id }) => rulesetOf(this.store, id)).join(' ')
    if (!this.read.has(ruleset)) {
      const backends = 'family' in rules ? [rules] : rules
      this.read.set(
        ruleset,
        backends
          .map((each, index) => settingsOf(each, this.kindsOf(parts[index]!.id)))
          .find((each) => each !== undefined)
      )
    }
    return this.read.get(ruleset)
  }

  /** How many chains of each kind a dump has; counted once for each of its sets, the large one of which many nodes share. */
  private kindsOf(part: number): Map<string, number> {
    const kinds = new Map<string, number>()
    for (const set of setsOf(this.store, part))
      for (const [kind, chains] of this.kindsIn(set)) kinds.set(kind, (kinds.get(kind) ?? 0) + chains)
    return kinds
  }

  private kindsIn({ collection, seq }: ChainSet): readonly (readonly [kind: string, chains: number])[] {
    const key = `${collection} ${seq}`
    let kinds = this.kinds.get(key)
    if (!kinds) {
      kinds = this.store
        .prepare(
          `SELECT n.kind, count(*) FROM _chain_name n JOIN _chain c ON c.chain = n.id AND c.since <= ? AND ? < c.until WHERE n.collection = ? GROUP BY 1`
        )
        .raw()
        .all(seq, seq, collection) as [string, number][]
      this.kinds.set(key, kinds)
    }
    return kinds
  }

  /** From the image of the node's kube-proxy pod, or from a distribution that runs kube-proxy inside of its kubelet. */
  private versionTold(node: string): number | undefined {
    return (this.told ??= this.readVersions()).get(node)
  }

  private readVersions(): Map<string, number> {
    const rows = this.store
      .prepare(
        `SELECT node, kubelet_version FROM nodes WHERE kubelet_version LIKE '%+k3s%'
       UNION ALL SELECT p.node, c.image FROM containers c JOIN pods p USING (namespace, pod) WHERE c.image LIKE '%kube-proxy:v1.%' AND p.node <> ''`
      )
      .raw()
      .all() as [string, string][]
    return new Map(
      rows.flatMap(([node, text]) => {
        const minor = minorVersion(text)
        return minor === undefined ? [] : [[node, minor] as const]
      })
    )
  }
}
