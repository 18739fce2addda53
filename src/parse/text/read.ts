import { readList } from '../iptables/list.ts'
import type { Problem } from '../iptables/rule.ts'
import { sniffIptables } from '../iptables/sniff.ts'
import { tableOfList } from '../iptables/table-of.ts'
import { type IptablesCommand, readIptablesCommand } from './iptables-command.ts'
import { readGet } from './kubectl.ts'
import { latest } from './latest.ts'
import { addListing } from './listed-facts.ts'
import { isSocketCommand, readListeners } from './listeners.ts'
import { type Listing, NO_ROWS, readListing } from './listing.ts'
import type { PastedText } from './pasted.ts'
import { type Block, readSession } from './session.ts'
import { readTables } from './tables.ts'
import { filtersOf, isFiltered } from './words.ts'

/** Reads what an operator pasted from terminals: kubectl tables, socket listings, iptables listings, prose between. `onNode`: see readSession. */
export function readPastedText(text: string, { onNode = false } = {}): PastedText {
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
    readyEndpoints: [],
    unread: []
  }
  const listings: Placed[] = []
  for (const block of readSession(text, { onNode })) {
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
  const iptables = readIptablesCommand(argv) ?? (argv.length === 0 ? bareListing(block.output) : null)
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
      filters: filtersOf(pipeline),
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

/** What printed rules that stand there without a command; null where that is not told, or of which table they are is not. */
function bareListing(output: string): IptablesCommand | null {
  const format = sniffIptables(output)
  if (format === null || readTables(output).tables.length > 0) return null
  const bare = {
    family: 4,
    backend: null,
    table: null,
    chain: null,
    numeric: true,
    exact: false,
    lineNumbers: false
  } as const
  if (format === 'save') return { ...bare, form: 'save', verbose: false }
  if (format === 'spec') return { ...bare, form: 'save', verbose: false }
  const { tables } = readList(output)
  const chains = tables.flatMap((table) => [...table.chains.values()])
  const table = tableOfList(chains.map(({ name, rules }) => ({ name, texts: rules.map(({ text }) => text) })))
  if (table === null) return null
  return {
    ...bare,
    form: 'list',
    table,
    verbose: /^\s*(?:num\s+)?pkts\s+bytes\s+target/m.test(output),
    lineNumbers: /^num\s/m.test(output)
  }
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
  // A table that is not read has said so.
  if (unread.some(({ message }) => message.startsWith('a table '))) return unread
  if (sniffIptables(block.output) !== null)
    return [whole(block, 'a listing of iptables of which the table is not told; paste it with its command')]
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
