import type { DaemonSetFact, EndpointFact, NodeFact, PodFact, ServiceFact, ServicePortFact } from '../facts.ts'
import type { Problem } from '../iptables/rule.ts'
import type { IptablesCommand } from './iptables-command.ts'
import { readIptablesCommand } from './iptables-command.ts'
import { readGet } from './kubectl.ts'
import { isSocketCommand, type PastedListeners, readListeners } from './listeners.ts'
import { readListing } from './listing.ts'
import { type Block, readSession } from './session.ts'
import { isFiltered } from './words.ts'

/** A listing of iptables rules and where it was made; its text is for the reader of such listings. */
export interface PastedIptables {
  readonly command: IptablesCommand
  /** The host the prompt names; null for a pod's listing and for a prompt without host. */
  readonly node: string | null
  readonly namespace: string | null
  readonly pod: string | null
  readonly container: string | null
  /** A grep or the like stands after the command: rules may be missing. */
  readonly filtered: boolean
  /** All of it in one line, as a web page joins it. */
  readonly joined: boolean
  readonly text: string
  /** Where the text begins in the input. */
  readonly line: number
  readonly offset: number
}

export type ListingKind = 'pods' | 'services' | 'endpoints' | 'nodes' | 'daemonsets'

/** What a listing proves to be all there is. Of kinds and namespaces not named in any coverage nothing is known. */
export interface Coverage {
  readonly kind: ListingKind
  /** null: every namespace, or a kind without. */
  readonly namespace: string | null
  /** null: speaks of the whole listing; else of the object of that name alone. */
  readonly object: string | null
  /** True: what is not listed did not exist. */
  readonly complete: boolean
  /** One sentence; '' where complete. */
  readonly why: string
}

export interface PastedText {
  readonly pods: PodFact[]
  readonly services: ServiceFact[]
  readonly servicePorts: ServicePortFact[]
  /** Ready addresses alone, as `kubectl get endpoints` shows no other. */
  readonly endpoints: EndpointFact[]
  readonly nodes: NodeFact[]
  readonly daemonsets: DaemonSetFact[]
  readonly listeners: PastedListeners[]
  readonly iptables: PastedIptables[]
  readonly coverage: Coverage[]
  readonly unread: Problem[]
}

/** Reads what an operator pasted from terminals: kubectl tables, socket listings, iptables listings, prose between. */
export function readPastedText(text: string): PastedText {
  const pasted: PastedText = {
    pods: [], services: [], servicePorts: [], endpoints: [], nodes: [], daemonsets: [],
    listeners: [], iptables: [], coverage: [], unread: []
  }
  for (const block of readSession(text)) {
    const problems = readBlock(block, pasted)
    pasted.unread.push(...problems.map(problem => inInput(problem, block)))
  }
  return pasted
}

/** Adds what the block says; returns what it says that is not read, placed relative to its output. */
function readBlock(block: Block, pasted: PastedText): Problem[] {
  const { pipeline, output } = block
  const [argv = []] = pipeline
  const iptables = readIptablesCommand(argv)
  if (block.pod === 'unclear' && (iptables !== null || isSocketCommand(pipeline))) {
    return [whole(block, 'whether this ran on a node or in a pod cannot be told from its prompt; paste the prompt with the host name')]
  }
  if (iptables !== null && block.pod !== 'unclear') {
    pasted.iptables.push({
      command: iptables, node: block.pod === null ? block.host : null, namespace: block.pod?.namespace ?? null,
      pod: block.pod?.pod ?? null, container: block.pod?.container ?? null, filtered: isFiltered(pipeline),
      joined: block.joined, text: output, line: block.line, offset: block.offset
    })
    return []
  }
  const sockets = readListeners(block)
  if (sockets !== null) {
    pasted.listeners.push(sockets.listeners)
    return sockets.problems
  }
  return readTablesOf(block, pasted)
}

function readTablesOf(block: Block, pasted: PastedText): Problem[] {
  const get = readGet(block.pipeline[0] ?? [])
  const listing = readListing(block, get)
  if (get === null && listing.tables === 0) {
    if (block.output.trim() === '') return []
    const [argv] = block.pipeline
    return [whole(block, argv ? `the output of \`${argv.slice(0, 3).join(' ')}\` is not read` : 'text, not a listing')]
  }
  for (const kind of ['pods', 'services', 'servicePorts', 'endpoints', 'nodes', 'daemonsets', 'coverage'] as const) {
    (pasted[kind] as unknown[]).push(...listing[kind])
  }
  return listing.unread
}

function whole(block: Block, message: string): Problem {
  return { line: 1, offset: 0, text: block.output.trim(), message }
}

function inInput(problem: Problem, { joined, line, offset }: Block): Problem {
  return joined ? { ...problem, line, offset } : { ...problem, line: problem.line + line - 1, offset: problem.offset + offset }
}
