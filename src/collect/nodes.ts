import { attempt } from './attempt.ts'
import type { CollectedItem } from './item.ts'
import { execScript, kubectl } from './kubectl.ts'
import { isKubernetesName } from './name.ts'
import { failedItems, nodeItems, type Part } from './node-items.ts'
import type { CollectOptions, Transport } from './options.ts'
import type { Ports } from './ports.ts'

const PARTS: readonly Part[] = ['iptables', 'addresses', 'sockets']

export interface NodeObject {
  readonly metadata: { readonly name: string }
  readonly status?: {
    readonly addresses?: readonly { readonly type: string, readonly address: string }[]
    readonly nodeInfo?: { readonly bootID?: string }
  }
}

/** The argv that runs the script on a node, or why there is none. */
export type Reach = (node: NodeObject) => { readonly command: readonly string[] } | { readonly error: string }

/** A node's tables, addresses, routes and sockets, from one call. */
export async function collectNode(options: CollectOptions, ports: Ports, reach: Reach, node: NodeObject): Promise<CollectedItem[]> {
  const { name } = node.metadata
  if (!isKubernetesName(name)) throw new Error(`not a node's name: ${JSON.stringify(name)}`)
  const way = reach(node)
  if ('error' in way) return failedItems({ node: name }, PARTS, ports.now().toISOString(), way.error)
  const run = await attempt(ports, way.command, { timeoutMs: options.timeoutMs, stdin: options.nodeScript })
  return nodeItems({ node: name }, PARTS, run, node.status?.nodeInfo?.bootID ?? null)
}

export async function reachBy(options: CollectOptions, ports: Ports): Promise<Reach> {
  const { transport } = options
  if (transport.kind === 'exec') return reachByExec(options, ports, transport)
  if (transport.kind === 'ssh') return (node) => reachBySsh(transport, node)
  if (transport.kind === 'local') {
    return ({ metadata: { name } }) => name === transport.node
      ? { command: ['sh', '-s'] }
      : { error: `only ${transport.node} is local: collect on ${name} too, or choose exec or ssh` }
  }
  return () => ({ error: 'no way to the nodes was chosen (exec, ssh or local)' })
}

function reachBySsh(transport: Transport & { kind: 'ssh' }, node: NodeObject): ReturnType<Reach> {
  const { address = 'name', user, port, identity, sudo } = transport
  const host = address === 'name' ? node.metadata.name : node.status?.addresses?.find(({ type }) => type === address)?.address
  if (host === undefined) return { error: `the node has no ${address}` }
  if (!/^[A-Za-z0-9:][A-Za-z0-9.:%_-]*$/.test(host)) return { error: `not a host name: ${JSON.stringify(host)}` }
  return {
    command: [
      'ssh', '-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15',
      ...(user === undefined ? [] : ['-l', user]),
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...(identity === undefined ? [] : ['-i', identity]),
      '--', host, ...(sudo === true ? ['sudo', '-n'] : []), 'sh', '-s'
    ]
  }
}

/** Asks for no more of the pods than which of them stands on which node's network. */
async function reachByExec(options: CollectOptions, ports: Ports, transport: Transport & { kind: 'exec' }): Promise<Reach> {
  const { namespace, selector, container } = transport
  const columns = '{.metadata.name} {.spec.nodeName} {.spec.hostNetwork} {.status.phase}'
  const command = kubectl(options, 'get', 'pods', `--namespace=${namespace}`, `--selector=${selector}`,
    `--output=jsonpath={range .items[*]}${columns}{"\\n"}{end}`)
  const { facts, result } = await attempt(ports, command, { timeoutMs: options.timeoutMs })
  const pods = result.stdout.toString('utf8').split('\n').map((line) => line.split(' '))
  return ({ metadata: { name: node } }) => {
    if (facts.error !== null) return { error: `the pods to exec into could not be listed: ${facts.error}` }
    const there = pods.filter(([, nodeName]) => nodeName === node)
    const running = there.filter(([, , , phase]) => phase === 'Running')
    const usable = running.find(([pod, , hostNetwork]) => hostNetwork === 'true' && isKubernetesName(pod!))
    if (usable !== undefined) {
      return { command: execScript(options, { namespace, pod: usable[0]!, ...(container === undefined ? {} : { container }) }, []) }
    }
    const where = `pod of ${selector} in ${namespace}`
    if (running.length > 0) return { error: `the ${where} has a network of its own (no hostNetwork): its tables are not the node's` }
    return { error: there.length > 0 ? `the ${where} on this node is not running` : `no ${where} on this node` }
  }
}
