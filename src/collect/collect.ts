import { eachBounded } from './bounded.ts'
import { collectCluster, identify, listObjects } from './cluster.ts'
import type { CollectedItem } from './item.ts'
import { snapshotName } from './name.ts'
import { collectNode, reachBy, type NodeObject } from './nodes.ts'
import type { CollectOptions } from './options.ts'
import { askPod, podQuestions, type PodObject } from './pods.ts'
import type { Ports } from './ports.ts'

export interface Collected {
  readonly name: string
  readonly path: string
  /** Items, and how many of them have an error. */
  readonly total: number
  readonly failed: number
}

/**
 * Takes one snapshot. Commands that fail are items with an error; only what keeps the snapshot itself from being written throws.
 * EndpointSlices are listed before and after the nodes, so that rules that moved meanwhile can be told from rules that are wrong.
 */
export async function collect(options: CollectOptions, ports: Ports): Promise<Collected> {
  const start = ports.now()
  const sink = await ports.open(snapshotName(start))
  let [total, failed] = [0, 0]
  const add = async (item: CollectedItem): Promise<void> => {
    total++
    if (item.error !== null) failed++
    await sink.add(item)
  }
  try {
    const objects = await collectCluster(options, ports, add)
    const cluster = await identify(options, ports, objects.get('namespaces'))
    const nodes = (objects.get('nodes') ?? []) as unknown as readonly NodeObject[]
    const pods = (objects.get('pods') ?? []) as unknown as readonly PodObject[]
    await collectByExec(options, ports, nodes, pods, add)
    await add((await listObjects(options, ports, 'endpointslices', 'endpointslices-after')).item)
    const path = await sink.finish({ cluster, tool: options.tool, startedAt: start.toISOString(), endedAt: ports.now().toISOString() })
    return { name: snapshotName(start), path, total, failed }
  } catch (error) {
    await sink.abandon()
    throw error
  }
}

async function collectByExec(
  options: CollectOptions, ports: Ports, nodes: readonly NodeObject[], pods: readonly PodObject[], add: (item: CollectedItem) => Promise<void>
): Promise<void> {
  const reach = await reachBy(options, ports)
  const jobs = [
    ...targets(options, nodes).map((node) => () => collectNode(options, ports, reach, node)),
    ...podQuestions(pods, options.pods).map((question) => () => askPod(options, ports, question))
  ]
  await eachBounded(jobs, options.concurrency, async (job) => {
    for (const item of await job()) await add(item)
  })
}

/** A node that runs snap itself is known even when the cluster does not answer. */
function targets({ transport }: CollectOptions, nodes: readonly NodeObject[]): readonly NodeObject[] {
  const known = transport.kind !== 'local' || nodes.some(({ metadata }) => metadata.name === transport.node)
  return known ? nodes : [...nodes, { metadata: { name: transport.node } }]
}
