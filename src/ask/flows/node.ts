import { isIPv6 } from 'node:net'
import { parseAddress } from '../../model/packet/address.ts'
import type { BothBackends, Family, Host, Rules } from '../../model/packet/packet.ts'
import type { Cluster } from '../trace/cluster.ts'
import { assumedSettings } from '../trace/settings.ts'
import { likeness, type Mentioned } from './mentioned.ts'
import { type Senders, sendersAt } from './sender.ts'

/** A node as its packets are evaluated. */
export interface FlowNode {
  readonly name: string
  readonly host: Host
  readonly own: ReadonlySet<string>
  readonly senders: Senders
  /** Where its node ports are asked for. */
  readonly address: string | undefined
  /** Something else than its iptables may say where its Services lead. */
  readonly lacksProxy: boolean
}

export function flowNode(
  cluster: Cluster,
  name: string,
  family: Family,
  rules: Rules | BothBackends,
  lacksProxy: boolean
): FlowNode {
  const { host } = cluster.nodeHost(name, family, [], assumedSettings(rules))
  const own = host.addresses.map(({ address }) => address)
  const listed = cluster.listedAddresses(name).filter((address) => isIPv6(address) === (family === 6))
  const first = listed[0] ?? own[0]
  return {
    name,
    host,
    own: new Set(own),
    senders: sendersAt(cluster, name, family, first === undefined ? [] : [first]),
    address: first,
    lacksProxy
  }
}

/**
 * Equal for nodes which the rules treat alike but for packets to their own addresses. Where the rules name interfaces,
 * a node is only like itself.
 */
export function nodeLikeness(
  mentioned: Mentioned,
  { name, host, senders, address, own, lacksProxy }: FlowNode
): string {
  const { pod, node, outside } = senders
  const alike = [pod, node, outside, address].map((each) =>
    each === undefined ? 'none' : unnamedLikeness(mentioned, each)
  )
  const named = alike.includes(undefined) || [...own].some((each) => mentioned.addresses.has(each))
  if (mentioned.peculiar || named || !anyRouteWillDo(host)) return JSON.stringify(['only', name, lacksProxy])
  return JSON.stringify([
    alike,
    lacksProxy,
    host.routes !== undefined,
    host.addressesKnown ?? 'all',
    host.unread ?? [],
    SETTINGS.map((setting) => host.sysctls?.get(setting))
  ])
}

/** Those that the evaluation of a packet asks for, but for single interfaces'. */
const SETTINGS = ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding', 'net.ipv4.conf.all.route_localnet']

/** Undefined where a rule names this very address. */
function unnamedLikeness({ networks, addresses }: Mentioned, text: string): string | undefined {
  const address = parseAddress(text)
  return address && !addresses.has(text) ? likeness(networks, address) : undefined
}

/** Whether every destination has a way, so that which one it is only decides about interfaces. */
export function anyRouteWillDo({ routes }: Host): boolean {
  if (routes === undefined) return true
  const routed = routes.some(({ destination, type }) => isDefault(destination) && (type ?? 'unicast') === 'unicast')
  return routed && routes.every(({ type }) => type === undefined || type === 'unicast' || type === 'local')
}

function isDefault(destination: string): boolean {
  return destination === 'default' || destination === '0.0.0.0/0' || destination === '::/0'
}
