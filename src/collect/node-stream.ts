import type { Backend, ItemKind } from './item.ts'

/** One command of scripts/collect-node.sh. */
export interface NodeOutput {
  readonly kind: ItemKind
  readonly backend?: Backend
  readonly command: readonly string[]
  /** Null when the text ends before the command did: then `content` is not all there was. */
  readonly exitCode: number | null
  readonly stderr: string
  readonly content: Buffer
}

/** What scripts/collect-node.sh printed. */
export interface NodeStream {
  /** The node's own name for itself (`uname -n`). */
  readonly host: string
  /** /proc/sys/kernel/random/boot_id: one running kernel's own, also seen from its containers; null when it could not be read. */
  readonly bootId: string | null
  /** On the node's clock, to the second: `2026-11-22T10:16:09Z`. */
  readonly startedAt: string
  /** Null when the text ends early. */
  readonly endedAt: string | null
  readonly outputs: readonly NodeOutput[]
}

const NODE_KINDS: readonly ItemKind[] = [
  'iptables-save', 'ip6tables-save', 'ip-address', 'ip-route', 'sockets-ss', 'sockets-netstat', 'sockets-proc'
]
const [NEWLINE, CONTENT, MESSAGE] = [0x0a, 0x7c, 0x21]

/** Reads the text of scripts/collect-node.sh, to wherever it goes. Throws, naming the line, when it is something else. */
export function parseNodeStream(text: Buffer): NodeStream {
  const lines = new Lines(text)
  if (lines.heading('snap-node') !== '1') throw lines.wrong('written by a newer collect-node.sh: update snap')
  const host = lines.heading('host')
  const bootId = lines.heading('boot')
  const startedAt = lines.heading('start')
  const outputs: NodeOutput[] = []
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const [word, ...rest] = line.toString('utf8').split(' ')
    if (word === 'end') return { host, bootId: bootId || null, startedAt, endedAt: rest.join(' '), outputs }
    if (word !== 'run') throw lines.wrong('neither `run` nor `end`')
    const output = readOutput(lines, rest)
    if (outputs.some(({ kind, backend }) => kind === output.kind && backend === output.backend)) throw lines.wrong(`${rest[0]} is there twice`)
    outputs.push(output)
  }
  return { host, bootId: bootId || null, startedAt, endedAt: null, outputs }
}

function readOutput(lines: Lines, [name, backend, ...command]: string[]): NodeOutput {
  const kind = NODE_KINDS.find((known) => known === name)
  if (kind === undefined) throw lines.wrong(`no such kind: ${JSON.stringify(name)}`)
  if (backend !== '-' && backend !== 'legacy' && backend !== 'nft') throw lines.wrong(`no such backend: ${JSON.stringify(backend)}`)
  const content = readContent(lines)
  const stderr = lines.marked(MESSAGE).join('\n')
  const exit = lines.next()?.toString('utf8')
  if (exit !== undefined && !/^exit \d+$/.test(exit)) throw lines.wrong('no exit code')
  const exitCode = exit === undefined ? null : Number(exit.slice('exit '.length))
  return { kind, ...(backend === '-' ? {} : { backend }), command, exitCode, stderr, content }
}

/** The empty line after the content comes after its last line's end; without that end it would not be empty but gone. */
function readContent(lines: Lines): Buffer {
  const content = lines.marked(CONTENT)
  const ended = lines.skipEmpty() || lines.atEnd()
  const newline = Buffer.from('\n')
  return Buffer.concat(content.flatMap((line, index) => (index < content.length - 1 || ended ? [line, newline] : [line])))
}

/** The lines of a text, without their ends. A last line without an end is one that was cut off: it is left out. */
class Lines {
  readonly #text: Buffer
  #offset = 0
  #number = 0

  constructor(text: Buffer) {
    this.#text = text.subarray(0, text.lastIndexOf(NEWLINE) + 1)
  }

  next(): Buffer | undefined {
    if (this.atEnd()) return undefined
    const end = this.#text.indexOf(NEWLINE, this.#offset)
    const line = this.#text.subarray(this.#offset, end)
    this.#offset = end + 1
    this.#number++
    return line
  }

  atEnd(): boolean {
    return this.#offset >= this.#text.length
  }

  /** The lines from here that begin with this byte, without it. */
  marked(byte: number): Buffer[] {
    const found: Buffer[] = []
    while (this.#text[this.#offset] === byte) found.push(this.next()!.subarray(1))
    return found
  }

  skipEmpty(): boolean {
    return this.#text[this.#offset] === NEWLINE && this.next() !== undefined
  }

  heading(word: string): string {
    const line = this.next()?.toString('utf8') ?? ''
    if (!line.startsWith(`${word} `)) throw this.wrong(`not the output of collect-node.sh (no \`${word}\`)`)
    return line.slice(word.length + 1)
  }

  wrong(problem: string): Error {
    return new Error(`line ${this.#number}: ${problem}`)
  }
}
