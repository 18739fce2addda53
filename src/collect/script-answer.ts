import type { Owner, Part } from './asked.ts'
import { type Attempt, attempt } from './attempt.ts'
import { cleanLine, cleanText } from './clean-text.ts'
import type { Draft, DraftSink, ItemFacts } from './item.ts'
import { type NodeCommand, type NodeEnding, type NodeEvent, readNodeStream } from './node-stream.ts'
import { type Ports, UNEXPECTED_OUTPUT } from './ports.ts'

/** An item whose content, if it has any, is a draft that has ended. */
export interface Answered {
  readonly facts: ItemFacts
  readonly draft: Draft | null
}

/** What one run of scripts/collect-node.sh gave. */
export interface ScriptAnswer {
  readonly items: readonly Answered[]
  readonly run: Attempt
  /** Why not all of it came; null when it did. */
  readonly error: string | null
}

export interface ScriptCall {
  readonly owner: Owner
  readonly via: string
  /** The argv that runs a shell there which reads its script from stdin. */
  readonly command: readonly string[]
  readonly parts: readonly Part[]
  readonly script: string
  /** The one that the node's object names; an answer of another running kernel is not that node's. */
  readonly bootId: string | null
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** An output that has begun: what of it is already known. */
interface Output {
  readonly what: NodeCommand
  readonly draft: Draft
  ending?: NodeEnding
}

/** Runs the script once. Each output is written to the snapshot as it comes, as a draft. Throws only what the snapshot's disk says. */
export async function askScript(
  ports: Pick<Ports, 'run' | 'now'>,
  sink: DraftSink,
  call: ScriptCall
): Promise<ScriptAnswer> {
  const outputs: Output[] = []
  const stream: Progress = { bytes: 0, whole: false, strange: null, problem: null }
  const { command, parts, script: stdin, timeoutMs, signal } = call
  const run = await attempt(
    ports,
    [...command, ...parts],
    { timeoutMs, stdin, ...(signal && { signal }) },
    async (stdout) => {
      for await (const event of parsed(stdout, stream)) {
        if (event.is === 'heading') stream.strange = strangeness(event.heading, call.bootId)
        if (stream.strange !== null) return
        if (event.is === 'begin') outputs.push({ what: event.what, draft: await sink.draft() })
        if (event.is === 'content' && event.bytes.length > outputs.at(-1)!.draft.room) {
          stream.problem = 'an output is longer than a snapshot can hold'
          return
        }
        if (event.is === 'content') await outputs.at(-1)!.draft.write(event.bytes)
        if (event.is === 'end') await ended(outputs.at(-1)!, event.ending)
        if (event.is === 'whole') stream.whole = true
      }
    }
  )
  for (const output of outputs) if (output.ending === undefined) await ended(output, { exitCode: null, stderr: '' })
  const error = problemOf(stream, run)
  const { answered, left } = best(outputs)
  for (const { draft } of left) await sink.drop(draft)
  return { items: await Promise.all(answered.map((output) => itemOf(sink, call, run, output, error))), run, error }
}

interface Progress {
  bytes: number
  whole: boolean
  strange: string | null
  problem: string | null
}

function problemOf({ bytes, whole, strange, problem }: Progress, run: Attempt): string | null {
  if (strange !== null || whole) return strange
  if (run.error !== null && !run.error.startsWith(UNEXPECTED_OUTPUT)) return run.error
  return bytes === 0 ? 'nothing was printed' : (problem ?? 'the output ended early')
}

/** What is no output of the script ends it, and is told; it is no defect. */
async function* parsed(stdout: AsyncIterable<Buffer>, told: Progress): AsyncGenerator<NodeEvent> {
  const events = readNodeStream(counted(stdout, told))
  for (;;) {
    let next: IteratorResult<NodeEvent>
    try {
      next = await events.next()
    } catch (error) {
      told.problem = (error as Error).message
      return
    }
    if (next.done === true) return
    yield next.value
  }
}

async function* counted(stdout: AsyncIterable<Buffer>, told: Progress): AsyncGenerator<Buffer> {
  for await (const chunk of stdout) {
    told.bytes += chunk.length
    yield chunk
  }
}

async function ended(output: Output, ending: NodeEnding): Promise<void> {
  output.ending = ending
  await output.draft.end()
}

function strangeness(
  { host, bootId }: { host: string; bootId: string | null },
  expected: string | null
): string | null {
  if (expected === null || bootId === null || bootId === expected) return null
  return `not this node: ${cleanLine(host)} answered, booted as ${cleanLine(bootId)}, not ${expected}`
}

/** Sockets are asked of one program after another until one answers: the refusals before an answer are no loss. */
function best(outputs: readonly Output[]): { answered: readonly Output[]; left: readonly Output[] } {
  const ofSockets = ({ what }: Output): boolean => what.kind.startsWith('sockets-')
  const answers = outputs.some((output) => ofSockets(output) && output.ending?.exitCode === 0)
  const refused = (output: Output): boolean => answers && ofSockets(output) && output.ending?.exitCode !== 0
  return { answered: outputs.filter((output) => !refused(output)), left: outputs.filter(refused) }
}

async function itemOf(
  sink: DraftSink,
  { owner, via }: ScriptCall,
  run: Attempt,
  { what, draft, ending }: Output,
  streamError: string | null
): Promise<Answered> {
  const { exitCode, stderr } = ending!
  const error =
    exitCode === null
      ? (streamError ?? 'the output ended early')
      : exitCode === 0
        ? null
        : (cleanLine(stderr) ?? `${what.command[0]} failed with exit code ${exitCode}`)
  const facts = {
    ...what,
    ...owner,
    via,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    exitCode,
    stderr: cleanText(stderr),
    error
  }
  if (draft.refused === null && (error === null || draft.bytes > 0)) return { facts, draft }
  await sink.drop(draft)
  return { facts: { ...facts, error: draft.refused === null ? error : `not kept: ${draft.refused}` }, draft: null }
}
