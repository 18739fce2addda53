import { HOST_ITEMS } from '../kinds/items.ts'
import { ByteSource } from './byte-source.ts'
import { cleanText } from './clean-text.ts'
import type { Backend, ItemKind } from './item.ts'

/** What scripts/collect-node.sh says before its first output. */
export interface NodeHeading {
  /** The node's own name for itself (/proc/sys/kernel/hostname). */
  readonly host: string
  /** /proc/sys/kernel/random/boot_id: one running kernel's own, also seen from its containers; null when it could not be read. */
  readonly bootId: string | null
  /** On the node's clock, to the second: `2026-11-22T10:16:09Z`; null where it has no program to tell it. */
  readonly startedAt: string | null
}

/** One command of scripts/collect-node.sh. */
export interface NodeCommand {
  readonly kind: ItemKind
  readonly backend?: Backend
  readonly command: readonly string[]
}

/** How a command ended. Null: the text ends before the command did, and what came of it is not all there was. */
export interface NodeEnding {
  readonly exitCode: number | null
  readonly stderr: string
}

/** What scripts/collect-node.sh printed, piece by piece: a heading; for each command its begin, its bytes, its end; at last the time. */
export type NodeEvent =
  | { readonly is: 'heading'; readonly heading: NodeHeading }
  | { readonly is: 'begin'; readonly what: NodeCommand }
  | { readonly is: 'content'; readonly bytes: Buffer }
  | { readonly is: 'end'; readonly ending: NodeEnding }
  | { readonly is: 'whole'; readonly endedAt: string | null }

const MAX_STDERR = 64 * 1024

/** Reads the text of scripts/collect-node.sh, to wherever it goes. Throws, naming what it met, when it is something else. */
export async function* readNodeStream(chunks: AsyncIterable<Buffer>): AsyncGenerator<NodeEvent> {
  const source = new ByteSource(chunks)
  const [version, word] = (await headingLine(source, 'snap-node')).split(' ')
  if (version !== '2') throw new Error("written by another version of collect-node.sh than this snap's")
  if (word === undefined || !/^[0-9a-f-]{36}$/.test(word))
    throw new Error('not the output of collect-node.sh (no mark)')
  const mark = Buffer.from(`${word} `)
  const host = await headingLine(source, 'host')
  const bootId = (await headingLine(source, 'boot')) || null
  yield { is: 'heading', heading: { host, bootId, startedAt: time(await headingLine(source, 'start')) } }
  const seen = new Set<string>()
  for (let line = await source.line(); line !== undefined; line = await source.line()) {
    const [kind, ...rest] = line.split(' ')
    if (kind === 'end') return yield { is: 'whole', endedAt: time(rest.join(' ')) }
    if (kind !== 'run') throw new Error(`neither \`run\` nor \`end\`: ${JSON.stringify(line.slice(0, 80))}`)
    const what = commandOf(rest)
    const name = `${what.kind} ${what.backend ?? ''}`
    if (seen.has(name)) throw new Error(`${rest[0]} is there twice`)
    seen.add(name)
    yield { is: 'begin', what }
    yield* output(source, mark)
  }
}

async function* output(source: ByteSource, mark: Buffer): AsyncGenerator<NodeEvent> {
  const content = source.before(mark)
  let piece = await content.next()
  for (; piece.done !== true; piece = await content.next()) yield { is: 'content', bytes: piece.value }
  const messages = piece.value && (await source.line()) === 'messages' ? await text(source, mark) : undefined
  const exit = messages === undefined ? undefined : await source.line()
  if (exit !== undefined && !/^exit \d{1,3}$/.test(exit)) throw new Error('no exit code')
  yield {
    is: 'end',
    ending: { exitCode: exit === undefined ? null : Number(exit.slice('exit '.length)), stderr: messages ?? '' }
  }
}

async function text(source: ByteSource, mark: Buffer): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  // The messages stand on lines of their own, of which the first may be the mark's already.
  for await (const piece of source.before(mark)) {
    if (size < MAX_STDERR) pieces.push(piece)
    size += piece.length
  }
  return Buffer.concat(pieces).subarray(0, MAX_STDERR).toString('utf8')
}

function commandOf([name, backend, ...command]: string[]): NodeCommand {
  const kind = HOST_ITEMS.find((known) => known === name)
  if (kind === undefined) throw new Error(`no such kind: ${JSON.stringify(name)}`)
  if (backend !== '-' && backend !== 'legacy' && backend !== 'nft')
    throw new Error(`no such backend: ${JSON.stringify(backend)}`)
  // A node says itself what it ran, so what looks like a credential is dropped as in messages.
  return { kind, ...(backend === '-' ? {} : { backend }), command: command.map((word) => cleanText(word) ?? '') }
}

async function headingLine(source: ByteSource, word: string): Promise<string> {
  const line = (await source.line()) ?? ''
  if (!line.startsWith(`${word} `)) throw new Error(`not the output of collect-node.sh (no \`${word}\`)`)
  return line.slice(word.length + 1)
}

function time(text: string): string | null {
  return text === '-' || text === '' ? null : text
}
