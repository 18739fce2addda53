import { type Owner, type Part, partOf, unanswered } from './asked.ts'
import type { DraftSink, ItemFacts, SnapshotSink } from './item.ts'
import { isKubernetesName } from './name.ts'
import type { CollectOptions } from './options.ts'
import type { Ports } from './ports.ts'
import { mayPass, retrying } from './retry.ts'
import { type Answered, askScript, type ScriptCall } from './script-answer.ts'
import type { NodeObject, NodeTransport, Way } from './transport/transport.ts'
import { isHang, Unreached } from './unreached.ts'

/** A node's tables, addresses, settings and sockets: by the first transport that answers, a part again where it did not come whole. */
export async function collectNode(
  options: CollectOptions,
  ports: Ports,
  sink: SnapshotSink,
  transports: readonly NodeTransport[],
  node: NodeObject,
  add: AddItem,
  unreached = new Unreached(options.retries + 1)
): Promise<void> {
  const { name } = node.metadata
  if (!isKubernetesName(name)) throw new Error(`not a node's name: ${JSON.stringify(name)}`)
  const parts: Part[] = [
    'iptables',
    'addresses',
    'sockets',
    'settings',
    ...(options.conntrack ? ['conntrack' as const] : [])
  ]
  const collected = new Collected(sink, { node: name }, parts)
  for (const transport of transports) {
    const way = await transport.reach(node)
    if ('error' in way) {
      collected.failed(transport.name, way.error, ports.now())
      continue
    }
    try {
      await askWay(options, ports, sink, { way, node, unreached }, collected)
    } finally {
      const left = await way.close?.()
      if (left) ports.say(left)
    }
    if (!collected.silent) break
  }
  if (transports.length === 0)
    collected.failed('', 'no way to the nodes was chosen (exec, debug, ssh, command or local)', ports.now())
  await collected.addTo(add)
}

async function askWay(
  options: CollectOptions,
  ports: Ports,
  sink: SnapshotSink,
  { way, node, unreached }: { way: Way; node: NodeObject; unreached: Unreached },
  collected: Collected
): Promise<void> {
  const call = {
    unreached,
    target: way.kubelet === true ? kubeletOf(node.metadata.name) : `${way.via} ${node.metadata.name}`,
    owner: collected.owner,
    via: way.via,
    command: way.command,
    bootId: node.status?.nodeInfo?.bootID ?? null
  }
  await askAgain(isDown(node) ? { ...options, retries: 0 } : options, ports, sink, call, collected)
}

/** The cluster has not heard of it for a while: one try may do, more would hold up the others. */
function isDown({ status }: NodeObject): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return ready !== undefined && ready.status !== 'True'
}

/** Whom all that is asked by exec on a node goes through. */
export function kubeletOf(node: string): string {
  return `kubelet of ${node}`
}

type Call = Pick<ScriptCall, 'owner' | 'via' | 'command' | 'bootId'> & {
  /** Whose silence is remembered for the run. */
  readonly target: string
  readonly unreached: Unreached
}

/** What printed nothing until its time was over is given one more chance. */
const MOST_HANGS = 2

/** Asks for what is missing until it is there or another try would not help. */
export function askAgain(
  options: CollectOptions,
  ports: Ports,
  sink: SnapshotSink,
  { target, unreached, ...call }: Call,
  collected: Collected
): Promise<void> {
  const { deadline, timeoutMs, retries, nodeScript: script } = options
  let hangs = 0
  return retrying(ports, { retries, ...(deadline && { signal: deadline }) }, async () => {
    const known = unreached.reason(target)
    if (known !== null) {
      collected.failed('', known, ports.now())
      return { value: undefined, again: false }
    }
    const answer = await askScript(ports, sink, {
      ...call,
      parts: collected.wanted(),
      script,
      timeoutMs,
      ...(deadline && { signal: deadline })
    })
    if (answer.items.length > 0) unreached.answered(target)
    else if (answer.error !== null) {
      const seconds = (Date.parse(answer.run.endedAt) - Date.parse(answer.run.startedAt)) / 1000
      unreached.silent(target, { subject: call.via + JSON.stringify(call.owner), error: answer.error, seconds })
      if (isHang(answer.error)) hangs++
    }
    await collected.take(call.via, answer)
    const mayHelp = mayPass(answer.error) && hangs < MOST_HANGS && unreached.reason(target) === null
    return { value: undefined, again: mayHelp && collected.wanted().length > 0 }
  })
}

export type AddItem = (facts: ItemFacts, draft: Answered['draft']) => Promise<void>

/** What one node or pod has given so far: of each thing the best answer. */
export class Collected {
  readonly owner: Owner
  readonly #sink: DraftSink
  readonly #parts: readonly Part[]
  readonly #answered = new Map<string, Answered>()
  /** What each part that is not whole was last answered with. */
  readonly #failures = new Map<
    Part,
    Pick<ItemFacts, 'startedAt' | 'endedAt' | 'exitCode' | 'stderr' | 'error' | 'via'>
  >()
  /** Why transports before the last one did not do. */
  readonly #reasons = new Set<string>()

  constructor(sink: DraftSink, owner: Owner, parts: readonly Part[]) {
    this.#sink = sink
    this.owner = owner
    this.#parts = parts
  }

  /** Nothing at all was answered. */
  get silent(): boolean {
    return this.#answered.size === 0
  }

  /** What it was told to be when nothing at all was printed in time; null otherwise. */
  get hang(): string | null {
    const [failure] = this.#failures.values()
    return this.silent && failure?.error != null && isHang(failure.error) ? failure.error : null
  }

  /** The parts of which something broke off or is missing. A program that failed by itself has answered. */
  wanted(): Part[] {
    const items = [...this.#answered.values()].map(({ facts }) => facts)
    const cut = new Set(items.filter(({ exitCode }) => exitCode === null).map(({ kind }) => partOf(kind)))
    const kinds = items.map(({ kind }) => kind)
    return this.#parts.filter((part) => cut.has(part) || unanswered([part], kinds).length > 0)
  }

  failed(transport: string, error: string, now: Date): void {
    const at = now.toISOString()
    if (transport !== '') this.#reasons.add(`${transport}: ${error}`)
    for (const part of this.#parts)
      this.#failures.set(part, { startedAt: at, endedAt: at, exitCode: null, stderr: null, error })
  }

  async take(
    via: string,
    {
      items,
      run,
      error
    }: {
      items: readonly Answered[]
      run: Pick<ItemFacts, 'startedAt' | 'endedAt' | 'exitCode' | 'stderr'>
      error: string | null
    }
  ): Promise<void> {
    for (const item of items) await this.#keepBetter(item)
    const { startedAt, endedAt, exitCode, stderr } = run
    for (const part of this.wanted())
      this.#failures.set(part, { startedAt, endedAt, exitCode, stderr, error: error ?? 'not in the output', via })
    if (error !== null && this.silent) this.#reasons.add(`${via}: ${error}`)
  }

  async addTo(add: AddItem): Promise<void> {
    for (const { facts, draft } of this.#answered.values()) await add(facts, draft)
    const kinds = [...this.#answered.values()].map(({ facts }) => facts.kind)
    for (const { kind, command } of unanswered(this.#parts, kinds)) {
      const { error, ...failure } = this.#failures.get(partOf(kind))!
      const told = this.silent && this.#reasons.size > 1 ? [...this.#reasons].join('; ') : error
      await add({ kind, ...this.owner, command, ...failure, error: told }, null)
    }
  }

  /** Gives up all of it. */
  async drop(): Promise<void> {
    for (const { draft } of this.#answered.values()) if (draft !== null) await this.#sink.drop(draft)
  }

  /** Whole before cut off, more before less, and of equals the later. */
  async #keepBetter(item: Answered): Promise<void> {
    const key = item.facts.kind.startsWith('sockets-') ? 'sockets' : `${item.facts.kind} ${item.facts.backend ?? ''}`
    const known = this.#answered.get(key)
    const better =
      known === undefined || rank(item) > rank(known) || (rank(item) === rank(known) && size(item) >= size(known))
    const [kept, left] = better ? [item, known] : [known, item]
    this.#answered.set(key, kept)
    if (left?.draft) await this.#sink.drop(left.draft)
  }
}

function rank({ facts, draft }: Answered): number {
  return facts.error === null ? 3 : facts.exitCode !== null ? 2 : draft !== null ? 1 : 0
}

function size({ draft }: Answered): number {
  return draft?.bytes ?? 0
}
