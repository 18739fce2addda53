import type { Attempt } from './attempt.ts'
import { cleanLine, cleanText } from './clean-text.ts'
import type { CollectedItem, ItemFacts, ItemKind } from './item.ts'
import { parseNodeStream, type NodeOutput, type NodeStream } from './node-stream.ts'

/** Of which node or container the outputs are. */
export type Owner = Pick<ItemFacts, 'node' | 'namespace' | 'pod' | 'container'>

export type Part = 'iptables' | 'addresses' | 'sockets'

/** The item that stands for each thing asked when there is no answer. */
const ASKED: Readonly<Record<Part, readonly { readonly kind: ItemKind, readonly command: readonly string[] }[]>> = {
  iptables: [
    { kind: 'iptables-save', command: ['iptables-save', '-c'] },
    { kind: 'ip6tables-save', command: ['ip6tables-save', '-c'] }
  ],
  addresses: [
    { kind: 'ip-address', command: ['ip', '-json', 'address'] },
    { kind: 'ip-route', command: ['ip', '-json', 'route'] }
  ],
  sockets: [{ kind: 'sockets-ss', command: ['ss', '-lntu'] }]
}

/**
 * One item for each output of scripts/collect-node.sh, and a failed one for each part that was asked and not answered.
 * `bootId`: the one the node's object names; a stream of another running kernel is not that node's.
 */
export function nodeItems(owner: Owner, parts: readonly Part[], { facts, result }: Attempt, bootId: string | null): CollectedItem[] {
  const { stream, problem } = readStream(result.stdout)
  const strange = stream === null || bootId === null || stream.bootId === null || stream.bootId === bootId ? null
    : `not this node: ${cleanLine(stream.host)} answered, booted as ${cleanLine(stream.bootId)}, not ${bootId}`
  const error = strange ?? facts.error ?? problem ?? (stream?.endedAt === null ? 'the output ended early' : null)
  const times = { startedAt: facts.startedAt, endedAt: facts.endedAt }
  const outputs = strange === null && stream !== null ? best(stream.outputs) : []
  return [
    ...outputs.map((output) => outputItem(owner, times, output, error)),
    ...missing(parts, outputs).map((asked) => ({
      ...asked, ...owner, ...times, exitCode: facts.exitCode, stderr: facts.stderr, error: error ?? 'not in the output', content: null
    }))
  ]
}

/** The same failure for each part, when nothing could be run. */
export function failedItems(owner: Owner, parts: readonly Part[], at: string, error: string): CollectedItem[] {
  const times = { startedAt: at, endedAt: at }
  return missing(parts, []).map((asked) => ({ ...asked, ...owner, ...times, exitCode: null, stderr: null, error, content: null }))
}

function readStream(stdout: Buffer): { stream: NodeStream | null, problem: string | null } {
  if (stdout.length === 0) return { stream: null, problem: 'nothing was printed' }
  try {
    return { stream: parseNodeStream(stdout), problem: null }
  } catch (error) {
    return { stream: null, problem: (error as Error).message }
  }
}

/** Sockets are asked of one program after another until one answers: the refusals before an answer are no loss. */
function best(outputs: readonly NodeOutput[]): readonly NodeOutput[] {
  const answered = outputs.some((output) => isSockets(output) && output.exitCode === 0)
  return outputs.filter((output) => !answered || !isSockets(output) || output.exitCode === 0)
}

function isSockets({ kind }: { kind: ItemKind }): boolean {
  return kind.startsWith('sockets-')
}

function missing(parts: readonly Part[], outputs: readonly NodeOutput[]): (typeof ASKED)[Part][number][] {
  const there = new Set(outputs.map((output) => isSockets(output) ? 'sockets-ss' : output.kind))
  return parts.flatMap((part) => ASKED[part]).filter(({ kind }) => !there.has(kind))
}

function outputItem(owner: Owner, times: Pick<ItemFacts, 'startedAt' | 'endedAt'>, output: NodeOutput, streamError: string | null): CollectedItem {
  const { content, stderr, exitCode, ...what } = output
  const error = exitCode === null ? streamError ?? 'the output ended early'
    : exitCode === 0 ? null : cleanLine(stderr) ?? `${output.command[0]} failed with exit code ${exitCode}`
  const kept = error === null || content.length > 0 ? content : null
  return { ...what, ...owner, ...times, exitCode, stderr: cleanText(stderr), error, content: kept }
}
