import type { VersionRange } from '../../model/intent/behaviour.ts'
import type { ProxySettings } from '../../model/intent/intent.ts'
import { type Layout, versionsOfLayout } from '../../model/intent/layout.ts'
import type { Rules, RuleText } from '../../model/packet/packet.ts'

/** What a node's rules tell of how its kube-proxy was started. */
export interface RuledSettings {
  readonly versions: VersionRange
  readonly settings: ProxySettings
  /** Addresses at which node ports are served; `all` where KUBE-NODEPORTS is asked for every address of the node. */
  readonly nodePortAddresses: 'all' | readonly string[]
}

/** So many Services' chains are looked at: kube-proxy writes the same for each, and a rule altered by hand is outvoted. */
const ASKED = 64

/** Undefined where kube-proxy has no rules there. `kinds`: how many chains there are of each kind. */
export function settingsOf(rules: Rules, kinds: ReadonlyMap<string, number>): RuledSettings | undefined {
  const services = rules.chain('nat', 'KUBE-SERVICES')?.rules.map(textOf)
  if (services === undefined || services.length === 0) return undefined
  const [marks, jumps] = [
    services.filter((text) => /^(?:! -s \S+ )?-d \S+ .*-j KUBE-MARK-MASQ$/.test(text)),
    services.filter((text) => / -j KUBE-(?:SVC|SVL)-/.test(text))
  ]
  const marksInServices = marks.some((text) => text.startsWith('! -s'))
  const inChains = sample(jumps).map((text) => markOf(rules, /-j (\S+)$/.exec(text)![1]!))
  const layout: Layout = {
    kinds,
    marksInServices,
    marksInChains: inChains.filter((vote) => vote !== 'none').length > inChains.length / 2,
    physdev: services.some((text) => text.includes('-m physdev'))
  }
  const votes = layout.marksInChains ? inChains : [...marks.map(vote), ...jumps.slice(marks.length).map(() => 'none')]
  return {
    versions: versionsOfLayout(layout),
    settings: elected(votes),
    nodePortAddresses: nodePortAddresses(services)
  }
}

function textOf(rule: RuleText): string {
  return typeof rule === 'string' ? rule : rule.text
}

function sample<T>(all: readonly T[]): T[] {
  const step = Math.max(1, Math.floor(all.length / ASKED))
  return all.filter((_, index) => index % step === 0).slice(0, ASKED)
}

/** Which packets to its cluster IP a Service's chain marks. */
function markOf(rules: Rules, chain: string): string {
  const mark = rules
    .chain('nat', chain)
    ?.rules.map(textOf)
    .find((text) => text.endsWith(' -j KUBE-MARK-MASQ') && /(?:^| )-d \S+ /.test(text))
  return mark === undefined ? 'none' : vote(mark)
}

/** The network whose packets are not marked, `all`, or `other` where it is no network that excepts a packet. */
function vote(text: string): string {
  const network = /^! -s (\S+) /.exec(text)?.[1]
  return network ?? (text.startsWith('-d ') ? 'all' : 'other')
}

function elected(votes: readonly string[]): ProxySettings {
  const counts = new Map<string, number>()
  for (const each of votes) counts.set(each, (counts.get(each) ?? 0) + 1)
  const [most, count = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? []
  if (most === undefined || most === 'other' || count * 2 <= votes.length)
    return { podNetwork: 'unknown', masqueradeAll: false }
  return most === 'all' ? { podNetwork: 'unknown', masqueradeAll: true } : { podNetwork: most, masqueradeAll: false }
}

function nodePortAddresses(services: readonly string[]): 'all' | readonly string[] {
  const jumps = services.filter((text) => text.endsWith('-j KUBE-NODEPORTS'))
  const named = jumps.flatMap((text) => /^-d ([^/ ]+)\/(?:32|128) /.exec(text)?.[1] ?? [])
  return named.length > 0 && named.length === jumps.length ? named : 'all'
}
