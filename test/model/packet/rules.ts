/** Rules and packets for the evaluator's tests. */
import { rulesOfDump } from '../../../src/model/packet/dump.ts'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import type { Outcome } from '../../../src/model/packet/outcome.ts'
import type { Family, Host, Packet, Rules } from '../../../src/model/packet/packet.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'

/** A node with an uplink, a pod bridge and its loopback. */
export const NODE: Host = {
  addresses: [
    { address: '192.168.1.10', prefix: 24, interface: 'eth0' },
    { address: '10.42.0.1', prefix: 24, interface: 'cni0' },
    { address: 'fd00:1::10', prefix: 64, interface: 'eth0' }
  ],
  routes: [
    { destination: 'default', interface: 'eth0', gateway: '192.168.1.1' },
    { destination: '192.168.1.0/24', interface: 'eth0' },
    { destination: '10.42.0.0/24', interface: 'cni0' },
    { destination: '::/0', interface: 'eth0', gateway: 'fd00:1::1' }
  ],
  sysctls: new Map([
    ['net.ipv4.ip_forward', '1'],
    ['net.ipv6.conf.all.forwarding', '1'],
    ['net.ipv4.conf.all.route_localnet', '1']
  ])
}

/** The same node when neither routes nor settings were captured. */
export const BARE: Host = { addresses: NODE.addresses.map(({ address, prefix }) => ({ address, prefix })) }

/** Through the node: a client outside to another host. */
export const THROUGH: Packet = {
  protocol: 'tcp',
  source: '192.0.2.1',
  sourcePort: 40000,
  destination: '10.42.0.5',
  destinationPort: 80
}

const BASE: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT']
}

/**
 * `nat PREROUTING -p tcp -j DNAT …` a line; chains are made as they are named. `filter INPUT DROP` sets a policy.
 */
export function rules(text: string, family: Family = 4): Rules {
  const tables = new Map<string, { policies: Map<string, string>; lines: string[] }>()
  for (const line of text
    .trim()
    .split('\n')
    .map((each) => each.trim())
    .filter(Boolean)) {
    const [, name = '', chain = '', rest = ''] = /^(\w+) (\S+) ?(.*)$/.exec(line) ?? []
    const table = tables.get(name) ?? { policies: new Map(BASE[name]!.map((each) => [each, 'ACCEPT'])), lines: [] }
    tables.set(name, table)
    if (!table.policies.has(chain)) table.policies.set(chain, '-')
    if (/^(ACCEPT|DROP)$/.test(rest)) table.policies.set(chain, rest)
    else if (rest !== '(empty)') table.lines.push(`-A ${chain} ${rest}`)
  }
  const save = [...tables].map(([name, { policies, lines }]) =>
    [`*${name}`, ...[...policies].map(([chain, policy]) => `:${chain} ${policy} [0:0]`), ...lines, 'COMMIT', ''].join(
      '\n'
    )
  )
  return rulesOfDump(readSave(save.join('')), family)
}

export function send(text: string, packet: Partial<Packet> = {}, host: Host = NODE): readonly Outcome[] {
  const { source } = { ...THROUGH, ...packet }
  const family = (source ?? packet.destination ?? '').includes(':') ? 6 : 4
  return evaluate(rules(text, family), host, { ...THROUGH, ...packet })
}

/** `accepted 10.42.0.5:80 if A, unless B (0.5)`: an outcome in one line. */
export function brief({ verdict, packet, share, conditions, rejectWith }: Outcome): string {
  const ends =
    verdict === 'accepted' ? ` ${packet.destination}:${packet.destinationPort}` : rejectWith ? ` ${rejectWith}` : ''
  const ifs = conditions.map((each) => ` ${each.holds ? 'if' : 'unless'} ${each.text}`).join(',')
  return `${verdict}${ends}${ifs}${share === 1 ? '' : ` (${Number(share.toFixed(6))})`}`
}

export function briefs(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(brief).sort()
}

export type Answer = 'yes' | 'no' | 'unknown'

/** Whether `… -j DROP` drops the packet. */
export function matches(rule: string, packet: Partial<Packet>, host: Host, at = 'filter FORWARD'): Answer {
  const verdicts = new Set(send(`${at} ${rule} -j DROP`, packet, host).map(({ verdict }) => verdict))
  return verdicts.size === 2 ? 'unknown' : verdicts.has('dropped') ? 'yes' : 'no'
}
