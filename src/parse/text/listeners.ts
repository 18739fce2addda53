import type { ListenerFact, Protocol } from '../facts.ts'
import type { Problem } from '../iptables/rule.ts'
import { protocolsListed } from '../sockets/command.ts'
import { readNetstat } from '../sockets/netstat.ts'
import { readProcNet } from '../sockets/proc-net.ts'
import type { Sockets } from '../sockets/socket.ts'
import { readSs } from '../sockets/ss.ts'
import type { Block } from './session.ts'
import { filtersOf, isFiltered, type Pipeline } from './words.ts'

/** The sockets of one listing, and where it was made. */
export interface PastedListeners {
  /** Of the pod; null for a node's listing. */
  readonly namespace: string | null
  readonly pod: string | null
  readonly container: string | null
  /** The host the prompt names; null for a pod's listing and for a prompt without host. */
  readonly node: string | null
  readonly facts: ListenerFact[]
  /** Protocols the command lists in full, before any filter. */
  readonly protocols: readonly Protocol[]
  /** A grep or the like stands after the command: sockets may be missing. */
  readonly filtered: boolean
  /** Ports whose sockets a filter lets through, every one; null where that cannot be told. Unfiltered: null. */
  readonly ports: readonly number[] | null
}

/** Reads the output of ss, netstat or `cat /proc/net/tcp…`; null for the block of another command. */
export function readListeners(block: Block): { listeners: PastedListeners; problems: Problem[] } | null {
  const argv = withoutSudo(block.pipeline[0] ?? [])
  const read = readerOf(argv)
  if (read === null || block.pod === 'unclear') return null
  const { listeners: facts, protocols, problems } = read(block.joined ? unjoin(block.output) : block.output)
  const filtered = isFiltered(block.pipeline)
  return {
    listeners: {
      namespace: block.pod?.namespace ?? null,
      pod: block.pod?.pod ?? null,
      container: block.pod?.container ?? null,
      node: block.pod === null ? block.host : null,
      facts,
      protocols: protocols ?? protocolsListed(argv),
      filtered,
      ports: filtered ? portsLetThrough(block.pipeline) : null
    },
    // A filter that finds nothing prints nothing: that is an answer.
    problems: filtered && block.output.trim() === '' ? [] : problems
  }
}

export function isSocketCommand(pipeline: Pipeline): boolean {
  return readerOf(withoutSudo(pipeline[0] ?? [])) !== null
}

function withoutSudo(argv: readonly string[]): readonly string[] {
  return argv[0] === 'sudo' ? argv.slice(1) : argv
}

function readerOf([program = '', ...words]: readonly string[]): ((text: string) => Sockets) | null {
  const name = program.split('/').at(-1)
  if (name === 'ss') return readSs
  if (name === 'netstat') return readNetstat
  return name === 'cat' &&
    words.length > 0 &&
    words.every((word) => /^\/proc\/(net|self\/net|1\/net)\/(tcp|udp)6?$/.test(word))
    ? readProcNet
    : null
}

/** Gives each socket of a joined listing its own line again. */
function unjoin(text: string): string {
  return text
    .replace(/[ \t]+/g, ' ')
    .replace(/\s(?=(?:tcp|udp|sctp|raw)6?\s+\d+\s+\d+\s)/g, '\n')
    .replace(/\s(?=(?:tcp|udp|sctp|mptcp)\s+(?:LISTEN|UNCONN|ESTAB)\s)/g, '\n')
    .replace(/(?<!tcp|udp|sctp)\s(?=(?:LISTEN|UNCONN)\s+\d+\s+\d+\s)/g, '\n')
    .replace(/\s(?=Proto\s+Recv-Q|\d+: [0-9A-F]{8,32}:[0-9A-F]{4} |sl\s+local_address)/g, '\n')
}

/**
 * The ports of `| egrep '8087 |State'`: an alternative that is a number, with a colon or a blank at most,
 * stands in the line of every socket on that port. One grep without -v only; any other pattern proves nothing.
 */
function portsLetThrough(pipeline: Pipeline): number[] | null {
  const stages = filtersOf(pipeline)
  const [program = '', ...words] = stages[0] ?? []
  if (stages.length !== 1 || !/^[ef]?grep$/.test(program)) return null
  const [pattern, ...more] = words.filter((word) => !/^(-[Einwe]+|--color(=\w+)?)$/.test(word))
  if (pattern === undefined || more.length > 0 || pattern.startsWith('-')) return null
  const ports = pattern.split(/\\?\|/).flatMap((part) => /^[(]?:?(\d{1,5})[ )]?$/.exec(part)?.[1] ?? [])
  return ports.length === 0 ? null : ports.map(Number)
}
