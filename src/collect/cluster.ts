import { attempt, type Attempt } from './attempt.ts'
import { eachBounded } from './bounded.ts'
import type { ClusterIdentity, CollectedItem, ItemKind } from './item.ts'
import { kubectl } from './kubectl.ts'
import type { CollectOptions } from './options.ts'
import type { Ports } from './ports.ts'
import type { Listed } from './redact/kinds.ts'
import { reduceList, reduceVersion } from './redact/list.ts'

type Objects = readonly { readonly [name: string]: unknown }[]

/** Names with their API group where another group has the same plural. */
const RESOURCES: Readonly<Record<Listed, { readonly name: string, readonly namespaced: boolean }>> = {
  nodes: { name: 'nodes', namespaced: false },
  namespaces: { name: 'namespaces', namespaced: false },
  services: { name: 'services', namespaced: true },
  endpoints: { name: 'endpoints', namespaced: true },
  endpointslices: { name: 'endpointslices.discovery.k8s.io', namespaced: true },
  pods: { name: 'pods', namespaced: true },
  daemonsets: { name: 'daemonsets.apps', namespaced: true },
  ingresses: { name: 'ingresses.networking.k8s.io', namespaced: true }
}

/** Lists one kind of object, reduced to what snap reads before it goes anywhere. Objects are null when the list failed. */
export async function listObjects(
  options: CollectOptions, ports: Ports, listed: Listed, kind: ItemKind = listed
): Promise<{ item: CollectedItem, objects: Objects | null }> {
  const { name, namespaced } = RESOURCES[listed]
  const command = kubectl(options, 'get', name, ...(namespaced ? ['--all-namespaces'] : []), '--output=json', ...timeout(options))
  const run = await attempt(ports, command, { timeoutMs: options.timeoutMs })
  let objects: Objects | null = null
  const item = reducedItem(kind, run, (json) => {
    const list = reduceList(listed, json)
    objects = list.items
    return list.json
  })
  return { item, objects }
}

/** Output that cannot be reduced is an error and is not kept: nobody knows what is in it. */
function reducedItem(kind: ItemKind, { facts, result }: Attempt, reduce: (json: string) => string): CollectedItem {
  if (facts.error !== null) return { kind, ...facts, content: null }
  try {
    return { kind, ...facts, content: Buffer.from(reduce(result.stdout.toString('utf8'))) }
  } catch (error) {
    return { kind, ...facts, error: (error as Error).message, content: null }
  }
}

/** All kinds of objects, and the server's version. */
export async function collectCluster(
  options: CollectOptions, ports: Ports, add: (item: CollectedItem) => Promise<void>
): Promise<ReadonlyMap<Listed, Objects>> {
  const found = new Map<Listed, Objects>()
  const listInto = (listed: Listed) => async (): Promise<void> => {
    const { item, objects } = await listObjects(options, ports, listed)
    if (objects !== null) found.set(listed, objects)
    await add(item)
  }
  const kinds = Object.keys(RESOURCES) as Listed[]
  await eachBounded([...kinds.map(listInto), async () => add(await version(options, ports))], options.concurrency, (job) => job())
  return found
}

async function version(options: CollectOptions, ports: Ports): Promise<CollectedItem> {
  const command = kubectl(options, 'version', '--output=json', ...timeout(options))
  return reducedItem('version', await attempt(ports, command, { timeoutMs: options.timeoutMs }), reduceVersion)
}

/** Which cluster it is: the kubeconfig's name for it, and what no other cluster has. */
export async function identify(options: CollectOptions, ports: Ports, namespaces: Objects | undefined): Promise<ClusterIdentity> {
  const system = namespaces?.find((one) => nameOf(one) === 'kube-system') as { metadata?: { uid?: string } } | undefined
  return { name: options.clusterName ?? await kubeconfigName(options, ports), uid: system?.metadata?.uid ?? null }
}

async function kubeconfigName(options: CollectOptions, ports: Ports): Promise<string> {
  const command = kubectl(options, 'config', 'view', '--minify', '--output=jsonpath={.contexts[0].context.cluster}')
  const { result } = await attempt(ports, command, { timeoutMs: options.timeoutMs })
  const name = result.exitCode === 0 ? result.stdout.toString('utf8').trim() : ''
  return name === '' ? options.context ?? 'unnamed' : name
}

function nameOf(object: { readonly [name: string]: unknown }): string {
  return (object as { metadata?: { name?: string } }).metadata?.name ?? ''
}

/** kubectl's own limit comes first, since it says what it was waiting for. */
function timeout({ timeoutMs }: CollectOptions): string[] {
  return [`--request-timeout=${Math.max(1, Math.floor(timeoutMs / 1000) - 1)}s`]
}
