import { setMaxListeners } from 'node:events'
import { rememberingApi } from './api/remembering.ts'
import { eachBounded } from './bounded.ts'
import { clusterName, collectCluster, listObjects, uidIn, type Visit } from './cluster.ts'
import type { ItemFacts, SnapshotSink } from './item.ts'
import { snapshotName } from './name.ts'
import { type AddItem, collectNode } from './nodes.ts'
import type { CollectOptions } from './options.ts'
import { askPod, type PodObject, type PodQuestion, podQuestion } from './pods.ts'
import type { Ports } from './ports.ts'
import { EMPTY_LIST } from './redact/list.ts'
import { firstOf } from './signals.ts'
import { chooseTransports } from './transport/choose.ts'
import type { NodeObject } from './transport/transport.ts'
import { Unreached } from './unreached.ts'

export interface Collected {
  readonly name: string
  /** Null where nothing at all could be read: a snapshot that knows nothing is none, and would push good ones out when old ones go. */
  readonly path: string | null
  readonly startedAt: Date
  readonly endedAt: Date
  /** Items, and how many of them have an error. */
  readonly total: number
  readonly failed: number
  /** Each error and how many items have it, the most frequent first. */
  readonly errors: readonly (readonly [error: string, items: number])[]
  /** Nodes, and how many of them gave every item whole. */
  readonly nodes: number
  readonly wholeNodes: number
}

/**
 * Takes one snapshot. What fails is an item with an error; only what keeps the snapshot itself from being written throws.
 * EndpointSlices are listed before and after the nodes, so that rules that moved meanwhile can be told from rules that are wrong.
 */
export async function collect(given: CollectOptions, outside: Ports): Promise<Collected> {
  const ports = { ...outside, api: rememberingApi(outside.api, given.retries + 1) }
  const { startedAt, sink } = await begin(ports)
  const tally = new Tally(sink)
  const { options, interrupted } = withOneSignal(given)
  try {
    const name = await clusterName(options, ports)
    const met = new Met(options)
    await collectCluster(options, ports, tally.sink, tally.add, met.visit)
    await collectByScript(options, ports, tally, met)
    await listObjects(options, ports, sink, {
      listed: 'endpointslices',
      kind: 'endpointslices-after',
      add: tally.add,
      visit: () => {}
    })
    interrupted()
    const endedAt = ports.now()
    const result = { name: snapshotName(startedAt), startedAt, endedAt, ...tally.result(met.nodes.size) }
    if (!tally.knowsSomething) {
      await sink.abandon()
      return { ...result, path: null }
    }
    const path = await sink.finish({
      cluster: { name, uid: met.uid },
      tool: options.tool,
      startedAt: startedAt.toISOString(),
      endedAt: endedAt.toISOString()
    })
    return { ...result, path }
  } catch (error) {
    await sink.abandon()
    throw error
  }
}

/** Two clusters in one folder may begin in the same second: the later one waits for the next. */
async function begin(ports: Ports): Promise<{ readonly startedAt: Date; readonly sink: SnapshotSink }> {
  for (;;) {
    const startedAt = ports.now()
    const sink = await ports.open(snapshotName(startedAt))
    if (sink !== null) return { startedAt, sink }
    await ports.wait(1000 - startedAt.getMilliseconds())
  }
}

/** Everything that runs listens to one signal. `interrupted` throws the interruption's reason, if there was one. */
function withOneSignal(given: CollectOptions): { readonly options: CollectOptions; readonly interrupted: () => void } {
  const deadline = firstOf([given.deadline, given.interrupt])
  setMaxListeners(0, deadline)
  return { options: { ...given, deadline }, interrupted: () => given.interrupt?.throwIfAborted() }
}

async function collectByScript(options: CollectOptions, ports: Ports, { sink, add }: Tally, met: Met): Promise<void> {
  const { transports, said } = await chooseTransports(options, ports)
  ports.say(said)
  const unreached = new Unreached(options.retries + 1)
  const jobs = [
    ...met.targets().map((node) => () => collectNode(options, ports, sink, transports, node, add, unreached)),
    ...met.questions().map((question) => () => askPod(options, ports, sink, question, add, unreached))
  ]
  await eachBounded(jobs, options.concurrency, (job) => job())
}

/** Adds items, and counts them. */
class Tally {
  readonly sink: SnapshotSink
  readonly #errors = new Map<string, number>()
  readonly #brokenNodes = new Set<string>()
  #total = 0
  /** Whether an object, or an output of a node or a pod, was read: the version alone, and lists without an object, are no snapshot. */
  knowsSomething = false

  constructor(sink: SnapshotSink) {
    this.sink = {
      ...bound(sink),
      add: async (item) => {
        this.#count(item)
        await sink.add(item)
      }
    }
  }

  readonly add: AddItem = async (facts, draft) => {
    if (draft === null) return this.sink.add({ ...facts, content: null })
    this.#count(facts)
    await this.sink.addDraft(facts, draft)
    const ofCluster = facts.node === undefined && facts.pod === undefined
    this.knowsSomething ||= ofCluster ? draft.bytes > EMPTY_LIST.length : facts.error === null || draft.bytes > 0
  }

  #count({ error, node }: ItemFacts): void {
    this.#total++
    if (error === null) return
    this.#errors.set(error, (this.#errors.get(error) ?? 0) + 1)
    if (node !== undefined) this.#brokenNodes.add(node)
  }

  result(nodes: number): Pick<Collected, 'total' | 'failed' | 'errors' | 'nodes' | 'wholeNodes'> {
    const errors = [...this.#errors].sort(([, a], [, b]) => b - a)
    return {
      total: this.#total,
      failed: errors.reduce((sum, [, count]) => sum + count, 0),
      errors,
      nodes,
      wholeNodes: nodes - this.#brokenNodes.size
    }
  }
}

function bound(sink: SnapshotSink): SnapshotSink {
  return {
    add: (item) => sink.add(item),
    draft: () => sink.draft(),
    addDraft: (facts, draft) => sink.addDraft(facts, draft),
    drop: (draft) => sink.drop(draft),
    refused: (json) => sink.refused(json),
    finish: (facts) => sink.finish(facts),
    abandon: () => sink.abandon()
  }
}

/** By what a node is reached, told from another machine, and known to be down. */
function neededOf({ metadata: { name }, status }: NodeObject): NodeObject {
  const { addresses, nodeInfo, conditions } = status ?? {}
  return {
    metadata: { name },
    status: {
      ...(addresses && { addresses }),
      ...(nodeInfo?.bootID !== undefined && { nodeInfo: { bootID: nodeInfo.bootID } }),
      ...(conditions && { conditions: conditions.filter(({ type }) => type === 'Ready') })
    }
  }
}

/** What of the lists is needed to go on: not the objects, of which there may be too many to hold. */
class Met {
  uid: string | null = null
  readonly nodes = new Map<string, NodeObject>()
  readonly #options: CollectOptions
  #questions: PodQuestion[] = []
  /** `namespace/pod` of the Services' endpoints. */
  readonly #backends = new Set<string>()

  constructor(options: CollectOptions) {
    this.#options = options
    // A node that runs snap itself is known even when the cluster does not answer.
    for (const transport of options.transports) {
      if (transport.kind === 'local') this.nodes.set(transport.node, { metadata: { name: transport.node } })
    }
  }

  readonly visit: Visit = (listed, objects, first) => {
    if (listed === 'namespaces') this.uid = uidIn(objects) ?? this.uid
    if (listed === 'nodes')
      for (const node of objects as unknown as readonly NodeObject[]) this.nodes.set(node.metadata.name, neededOf(node))
    if (listed === 'endpointslices' && this.#options.pods === 'backends') this.#learnBackends(objects)
    if (listed !== 'pods') return
    if (first) this.#questions = []
    this.#questions.push(
      ...(objects as unknown as readonly PodObject[]).flatMap((pod) => podQuestion(pod, this.#options.pods) ?? [])
    )
  }

  targets(): readonly NodeObject[] {
    return [...this.nodes.values()]
  }

  questions(): readonly PodQuestion[] {
    return this.#questions.filter(
      ({ asBackend, namespace, pod }) => !asBackend || this.#backends.has(`${namespace}/${pod}`)
    )
  }

  #learnBackends(slices: readonly object[]): void {
    for (const slice of slices as readonly {
      endpoints?: readonly { targetRef?: { kind?: string; namespace?: string; name?: string } }[] | null
    }[]) {
      for (const { targetRef } of slice.endpoints ?? [])
        if (targetRef?.kind === 'Pod') this.#backends.add(`${targetRef.namespace}/${targetRef.name}`)
    }
  }
}
