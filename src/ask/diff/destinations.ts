import type { Store } from '../../store/open.ts'
import { prepared } from '../../store/prepared.ts'
import type { Version } from '../../store/versions.ts'
import { shares } from './balance.ts'
import { rulesOf, type StoredRule } from './chain-rules.ts'
import { DISPATCHING, frontendOf } from './owners.ts'

/** One endpoint that a chain chooses, and of how many of 1 new connections. */
export interface Destination {
  readonly destination: string
  readonly share: number
}

/** Reads out of the store, version by version, where a Service's chains send packets. */
export class Destinations {
  private readonly store: Store
  private readonly dispatchRules: (version: Version) => readonly DispatchRule[]
  private readonly chains = new Map<string, readonly StoredRule[] | undefined>()
  private readonly frontends = new Map<string, ReadonlyMap<string, readonly string[]>>()

  /** `dispatchRules`: those of one version; all of the store's without. */
  constructor(store: Store, dispatchRules: (version: Version) => readonly DispatchRule[] = allDispatchRules(store)) {
    this.store = store
    this.dispatchRules = dispatchRules
  }

  /** What the nat chain of this name chooses from; undefined where there is no such chain. */
  of(versions: readonly Version[], chain: string): Destination[] | undefined {
    const rules = this.rules(versions, chain)
    return rules && this.chosenBy(versions, rules)
  }

  /** The same of a dump that is not whole: undefined also where the chain, or one that it goes to, is not listed whole. */
  ofListed(versions: readonly Version[], chain: string): Destination[] | undefined {
    const rules = this.rules(versions, chain)
    if (!rules) return undefined
    const chains = [chain, ...rules.flatMap(({ target }) => (target?.startsWith('KUBE-SEP-') ? target : []))]
    return chains.every((each) => this.isWhole(versions, each)) ? this.chosenBy(versions, rules) : undefined
  }

  private isWhole(versions: readonly Version[], chain: string): boolean {
    const select = prepared(
      this.store,
      `SELECT c.complete FROM _chain_name n JOIN _chain c ON c.chain = n.id
      WHERE n.collection = @collection AND n.chain = @chain AND n.table_name = 'nat' AND c.until > @seq AND c.since <= @seq`
    ).pluck()
    return versions.some((version) => select.get({ ...version, chain }) === 1)
  }

  private chosenBy(versions: readonly Version[], rules: readonly StoredRule[]): Destination[] {
    const found = new Map<string, number>()
    for (const { target, share } of shares(rules)) {
      const destinations = this.rules(versions, target)?.flatMap((rule) => rule.toDestination || []) ?? []
      const name = destinations.join(', ') || target
      found.set(name, (found.get(name) ?? 0) + share)
    }
    return [...found]
      .map(([destination, share]) => ({ destination, share }))
      .sort((a, b) => (a.destination < b.destination ? -1 : 1))
  }

  private rules(versions: readonly Version[], chain: string): readonly StoredRule[] | undefined {
    for (const version of versions) {
      const rules = this.rulesIn(version, chain)
      if (rules) return rules
    }
    return undefined
  }

  private rulesIn(version: Version, chain: string): readonly StoredRule[] | undefined {
    const key = `${version.collection} ${version.seq} ${chain}`
    if (this.chains.has(key)) return this.chains.get(key)
    const id = prepared(
      this.store,
      `SELECT n.id FROM _chain_name n JOIN _chain c ON c.chain = n.id
        WHERE n.collection = @collection AND n.chain = @chain AND n.table_name = 'nat' AND c.until > @seq AND c.since <= @seq`
    )
      .pluck()
      .get({ ...version, chain }) as number | undefined
    const rules = id === undefined ? undefined : rulesOf(this.store, { id, version })
    this.chains.set(key, rules)
    return rules
  }

  /** What becomes of packets to a frontend, by the dispatch chains: `its endpoints`, `rejected`, …; [] where no rule is for it. */
  frontend(versions: readonly Version[], frontend: string): string[] {
    return [...new Set(versions.flatMap((version) => this.frontendsIn(version).get(frontend) ?? []))].sort()
  }

  /** Whether kube-proxy writes iptables rules here at all. */
  hasDispatch(versions: readonly Version[]): boolean {
    const select = prepared(
      this.store,
      `SELECT 1 FROM _chain_name n JOIN _chain c ON c.chain = n.id
      WHERE n.collection = @collection AND n.chain = 'KUBE-SERVICES' AND n.table_name = 'nat' AND c.until > @seq AND c.since <= @seq AND c.rules > 0`
    )
    return versions.some((version) => select.get(version) !== undefined)
  }

  private frontendsIn(version: Version): ReadonlyMap<string, readonly string[]> {
    const key = `${version.collection} ${version.seq}`
    const known = this.frontends.get(key)
    if (known) return known
    const frontends = new Map<string, string[]>()
    for (const rule of this.dispatchRules(version)) {
      const [frontend, way] = [frontendOf(rule.kind, rule), wayOf(rule.target)]
      if (frontend !== undefined && way !== undefined)
        frontends.set(frontend, [...(frontends.get(frontend) ?? []), way])
    }
    this.frontends.set(key, frontends)
    return frontends
  }
}

/** A rule of a chain in which kube-proxy tells frontends apart. */
export type DispatchRule = Pick<StoredRule, 'protocol' | 'destination' | 'destinationPorts' | 'target'> & {
  readonly kind: string
}

function allDispatchRules(store: Store): (version: Version) => DispatchRule[] {
  const select =
    store.prepare(`SELECT n.kind, r.protocol, r.destination, r.destination_ports AS destinationPorts, r.target
    FROM _chain_name n JOIN _rule r ON r.chain = n.id
    WHERE n.collection = @collection AND n.kind IN (SELECT value FROM json_each(@kinds)) AND r.until > @seq AND r.since <= @seq`)
  return (version) => select.all({ ...version, kinds: JSON.stringify([...DISPATCHING]) }) as DispatchRule[]
}

const WAYS: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    'KUBE-SVC': 'its endpoints',
    'KUBE-SVL': 'local endpoints',
    'KUBE-XLB': 'local endpoints',
    'KUBE-EXT': 'its chain for outside clients',
    'KUBE-FW': 'its load balancer chain'
  })
)

export function wayOf(target: string | null): string | undefined {
  if (target === 'REJECT') return 'rejected'
  if (target === 'DROP' || target === 'KUBE-MARK-DROP') return 'dropped'
  return WAYS.get(target?.slice(0, target.lastIndexOf('-')) ?? '')
}
