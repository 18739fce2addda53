import type { Problem } from '../iptables/rule.ts'
import { readIptablesCommand } from './iptables-command.ts'
import { readGet } from './kubectl.ts'
import { latest } from './latest.ts'
import { addListing } from './listed-facts.ts'
import { isSocketCommand, readListeners } from './listeners.ts'
import { type Listing, NO_ROWS, readListing } from './listing.ts'
import type { PastedText } from './pasted.ts'
import { type Block, readSession } from './session.ts'
import { isFiltered } from './words.ts'

/** Reads what an operator pasted from terminals: kubectl tables, socket listings, iptables listings, prose between. */
export function readPastedText(text: string): PastedText {
  const pasted: PastedText = {
    pods: [],
    services: [],
    servicePorts: [],
    endpoints: [],
    nodes: [],
    daemonsets: [],
    listeners: [],
    iptables: [],
    coverage: [],
    unread: []
  }
  const listings: Placed[] = []
  for (const block of readSession(text)) {
    for (const problem of readBlock(block, pasted, listings)) pasted.unread.push(inInput(problem, block))
  }
  for (const [index, listing] of latest(listings).entries()) {
    addListing(listing, pasted)
    const { block } = listings[index]!
    if (listing.superseded > 0) {
      const message = `${listing.superseded} rows give way to a later listing of the same objects`
      pasted.unread.push(inInput({ line: 1, offset: 0, text: block.commandLine, message }, block))
    }
  }
  return pasted
}

interface Placed extends Listing {
  readonly block: Block
}

/** Adds what the block says; returns what it says that is not read, placed relative to its output. */
function readBlock(block: Block, pasted: PastedText, listings: Placed[]): readonly Problem[] {
  const { pipeline, output } = block
  const [argv = []] = pipeline
  const iptables = readIptablesCommand(argv)
  if (iptables !== null || isSocketCommand(pipeline)) {
    const doubt = whoseIsUnknown(block)
    if (doubt !== null) return [whole(block, doubt)]
  }
  if (iptables !== null && block.pod !== 'unclear') {
    pasted.iptables.push({
      command: iptables,
      commandLine: block.commandLine,
      node: block.pod === null ? block.host : null,
      namespace: block.pod?.namespace ?? null,
      pod: block.pod?.pod ?? null,
      container: block.pod?.container ?? null,
      filtered: isFiltered(pipeline),
      joined: block.joined,
      text: output,
      line: block.line,
      offset: block.offset
    })
    return []
  }
  const sockets = readListeners(block)
  if (sockets !== null) {
    pasted.listeners.push(sockets.listeners)
    return sockets.problems
  }
  return readTablesOf(block, listings)
}

/** Why a listing of rules or sockets cannot be given to a node or a pod; null where it can. */
function whoseIsUnknown({ pod }: Block): string | null {
  if (pod === 'unclear')
    return 'whether this ran on a node or in a pod cannot be told from its prompt; paste the prompt with the host name'
  return pod?.namespace === null ? `the namespace of pod ${pod.pod} is unknown; name it in the command with -n` : null
}

function readTablesOf(block: Block, listings: Placed[]): readonly Problem[] {
  const [argv] = block.pipeline
  const get = readGet(argv ?? [])
  if (get !== null && !['', 'wide'].includes(get.output)) {
    return [
      whole(block, `\`-o ${get.output}\` is not read from pasted text; keep it in a file of its own and import that`)
    ]
  }
  const listing = readListing(block, get)
  const { tables, unread } = listing
  listings.push({ ...listing, block })
  if (tables > 0 || block.output.trim() === '' || NO_ROWS.test(block.output)) return unread
  if (get !== null) return [whole(block, 'no table with a header line: an error, or a listing with --no-headers')]
  return [whole(block, argv ? `the output of \`${argv.slice(0, 3).join(' ')}\` is not read` : 'text, not a listing')]
}

function whole(block: Block, message: string): Problem {
  return { line: 1, offset: 0, text: block.output.trim(), message }
}

/** Where a problem of a block's output stands in the whole text. */
export function inInput(
  problem: Problem,
  { joined, line, offset }: Pick<Block, 'joined' | 'line' | 'offset'>
): Problem {
  return joined
    ? { ...problem, line, offset }
    : { ...problem, line: problem.line + line - 1, offset: problem.offset + offset }
}
