/** Rules captured from real nodes, loaded where the node's and the endpoints' addresses exist, and connections made. */
import { existsSync, readFileSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'
import { rulesOfDump } from '../../../src/model/packet/dump.ts'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import type { Outcome } from '../../../src/model/packet/outcome.ts'
import type { Host, Packet } from '../../../src/model/packet/packet.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import type { End, Probe } from './kernel/agent.ts'
import type { Agent, Seen } from './kernel/laboratory.ts'
import { Laboratory, laboratoryMissing, MAC } from './kernel/laboratory.ts'

const captures = new URL('../../../../../shared/captures/', import.meta.url)
const missing = existsSync(captures) ? laboratoryMissing() : 'no ../shared/captures'
const withCaptures = missing === undefined ? test.serial : test.serial.skip
const needs = missing === undefined ? '' : ` (skipped: ${missing})`

const DUMPS: readonly (readonly [file: string, backend: 'nft' | 'legacy', node: string])[] = [
  ['k8s-1.20/base/kube-master/iptables-save.txt', 'legacy', '138'],
  ['k8s-1.20/base/kube-worker1/iptables-save.txt', 'nft', '139'],
  ['k8s-1.36/iptables/kube-master/iptables-save.txt', 'legacy', '138'],
  ['kube-proxy-versions/kube-proxy-1.28/kube-worker1/iptables-save.txt', 'nft', '139']
]

/** Clients: outside, a pod that is no endpoint, the node by two of its addresses and by its loopback. */
const OUTSIDE = '203.0.113.200'
const POD = '10.42.0.250'

for (const [file, backend, node] of DUMPS) {
  withCaptures(`${file}: every Service port, from outside, a pod and the node${needs}`, async (t) => {
    const lab = new Laboratory()
    t.teardown(() => lab.close())
    await lab.wire()
    // nfacct is no part of every kernel, and always matches.
    const text = readFileSync(new URL(file, captures), 'utf8').replace(/-m nfacct --nfacct-name\s+\S+ /g, '')
    const own = [`141.75.148.${node}`, `10.42.${Number(node) - 138}.1`]
    const endpoints = endpointsOf(text)
    const host = await settle(lab, own, endpoints)
    await lab.node.run(`iptables-${backend}-restore`, text)
    const rules = rulesOfDump(readSave(await lab.node.run(`iptables-${backend}-save`)), 4)
    const packets = packetsFor(text, own)
    const trial: Trial = { t, lab, own, say: (packet) => evaluate(rules, host, packet) }
    for (let at = 0; at < packets.length; at += 60) await compare(trial, packets.slice(at, at + 60))
    const seen = [...lab.seen.values()]
    const refused = seen.filter((each) => each.refused !== undefined).length
    const arrived = seen.filter((each) => each.arrived !== undefined).length
    t.log(`${packets.length} connections agree: ${arrived} arrived, ${refused} refused, the others without an answer`)
    t.true(arrived > packets.length / 2)
    t.true(packets.length > 100)
  })
}

function endpointsOf(text: string): End[] {
  const found = [...text.matchAll(/-p tcp .*--to-destination ([\d.]+):(\d+)/g)].map(
    ([, address, port]) => `${address} ${port}`
  )
  return [...new Set(found)].map((each) => [each.split(' ')[0]!, Number(each.split(' ')[1])])
}

/** Cluster, external and load balancer addresses with their port, and node ports. */
function packetsFor(text: string, own: readonly string[]): Packet[] {
  const services = [...text.matchAll(/-d ([\d.]+)\/32 -p tcp .*-m tcp --dport (\d+) /g)].map((found) =>
    found.slice(1).join(' ')
  )
  const nodePorts = [...text.matchAll(/^-A KUBE-NODEPORTS .*-p tcp .*--dport (\d+) /gm)].map(([, port]) => port)
  const onNode = nodePorts.flatMap((port) => own.map((address) => `${address} ${port}`))
  return [...new Set([...services, ...onNode])].flatMap((each) => {
    const [destination = '', port] = each.split(' ')
    const loopback = destination.startsWith('127.') || own.includes(destination) ? ['127.0.0.1'] : []
    const sources = destination.startsWith('127.') ? loopback : [OUTSIDE, OUTSIDE, POD, own[0]!, ...loopback]
    return sources.map((source): Packet => ({ protocol: 'tcp', source, destination, destinationPort: Number(port) }))
  })
}

/** Gives everybody the addresses the rules speak of; clients on one side of the node, endpoints on the other. */
async function settle(lab: Laboratory, own: readonly string[], endpoints: readonly End[]): Promise<Host> {
  const { client, node, server } = lab
  const remote = [...new Set(endpoints.map(([address]) => address))].filter((address) => !own.includes(address))
  const give = (agent: Agent, address: string, device: string) =>
    agent.run(`ip address add ${address}/32 dev ${device}`)
  await give(node, own[0]!, 'server0')
  await give(node, own[1]!, 'client0')
  for (const address of [OUTSIDE, POD]) await give(client, address, 'eth0')
  for (const address of remote) await give(server, address, 'eth0')
  await behind(lab, client, 'client0', MAC.client, [OUTSIDE, POD], MAC.client0)
  await behind(lab, server, 'server0', MAC.server, remote, MAC.server0)
  await node.run('sysctl -q -w net.ipv4.conf.all.route_localnet=1')
  await server.do({ order: 'serve', at: endpoints.filter(([address]) => remote.includes(address)) })
  await node.do({ order: 'serve', at: endpoints.filter(([address]) => own.includes(address)) })
  return {
    addresses: [
      { address: own[1]!, prefix: 32, interface: 'client0' },
      { address: own[0]!, prefix: 32, interface: 'server0' }
    ],
    routes: [
      ...[OUTSIDE, POD].map((address) => ({ destination: `${address}/32`, interface: 'client0' })),
      { destination: 'default', interface: 'server0', gateway: '169.254.0.1' }
    ],
    sysctls: new Map([
      ['net.ipv4.ip_forward', '1'],
      ['net.ipv4.conf.all.route_localnet', '1']
    ])
  }
}

/** A made-up gateway on either side, known by its hardware address, so that any address can be sent there. */
async function behind(
  { node }: Laboratory,
  agent: Agent,
  device: string,
  mac: string,
  addresses: readonly string[],
  gateway: string
): Promise<void> {
  await agent.run('ip route add 169.254.0.1 dev eth0 scope link')
  await agent.run('ip route add default via 169.254.0.1')
  await agent.run(`ip neighbour replace 169.254.0.1 lladdr ${gateway} dev eth0 nud permanent`)
  for (const address of device === 'client0' ? addresses : []) {
    await node.run(`ip route add ${address} dev ${device}`)
    await node.run(`ip neighbour replace ${address} lladdr ${mac} dev ${device} nud permanent`)
  }
  if (device !== 'server0') return
  await node.run('ip route add 169.254.0.1 dev server0 scope link')
  await node.run('ip route add default via 169.254.0.1 dev server0')
  await node.run(`ip neighbour replace 169.254.0.1 lladdr ${mac} dev server0 nud permanent`)
}

interface Trial {
  readonly t: ExecutionContext
  readonly lab: Laboratory
  readonly own: readonly string[]
  readonly say: (packet: Packet) => readonly Outcome[]
}

async function compare(trial: Trial, packets: readonly Packet[]): Promise<void> {
  const seen = await attempt(trial, packets, 400)
  for (const [at, packet] of packets.entries()) {
    const outcomes = trial.say(packet)
    let what = seen[at]
    // No answer may be a busy machine's: once more, with patience.
    if (!outcomes.some((outcome) => agrees(outcome, what))) [what] = await attempt(trial, [packet], 4000)
    const said = JSON.stringify(outcomes.map(({ verdict, packet: after, why }) => [verdict, after, why]))
    trial.t.true(
      outcomes.some((outcome) => agrees(outcome, what)),
      `${JSON.stringify(packet)}\nkernel ${JSON.stringify(what)}\nmodel ${said}`
    )
  }
}

let attempts = 0
async function attempt({ lab, own }: Trial, packets: readonly Packet[], waitMs: number): Promise<(Seen | undefined)[]> {
  const round = ++attempts
  const probes = packets.map(
    ({ source, destination, destinationPort }, at): Probe => ({
      tag: `capture ${round} ${at}`,
      from: [source!, 0],
      to: [destination, destinationPort!]
    })
  )
  const mine = (probe: Probe): boolean => own.includes(probe.from[0]) || probe.from[0] === '127.0.0.1'
  await Promise.all([
    lab.client.do({ order: 'connect', waitMs, probes: probes.filter((probe) => !mine(probe)) }),
    lab.node.do({ order: 'connect', waitMs, probes: probes.filter(mine) })
  ])
  return probes.map(({ tag }) => lab.seen.get(tag))
}

/** An accepted packet nobody rewrote goes to an address without a listener: no answer, or a refusal. */
function agrees({ verdict, packet, destinationNat, rejectWith }: Outcome, seen: Seen | undefined): boolean {
  if (verdict === 'accepted' && destinationNat) {
    const { at, from } = seen?.arrived ?? {}
    const there = at?.join() === `${packet.destination},${packet.destinationPort}`
    return there && (packet.source === undefined || packet.source === from?.[0])
  }
  if (seen?.arrived) return false
  if (verdict === 'rejected') return rejectWith !== 'icmp-port-unreachable' || seen?.refused === 'ECONNREFUSED'
  return verdict !== 'dropped' || seen === undefined
}
