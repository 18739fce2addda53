import type { ManifestItem } from '../../archive/manifest.ts'
import { decodeText } from '../../parse/iptables/bytes.ts'
import { readList } from '../../parse/iptables/list.ts'
import { readLooseRules } from '../../parse/iptables/loose-rules.ts'
import type { Chain, Dump, Problem, Table } from '../../parse/iptables/rule.ts'
import { readSpecList } from '../../parse/iptables/rules-spec.ts'
import { readSave } from '../../parse/iptables/save.ts'
import { LEGACY_UNSEEN } from '../../parse/iptables/stray-warning.ts'
import { unjoin } from '../../parse/iptables/unjoin.ts'
import type { Coverage, ListingKind, PastedIptables, PastedText } from '../../parse/text/pasted.ts'
import { inInput, readPastedText } from '../../parse/text/read.ts'
import { type FactTables, storeFacts } from '../facts.ts'
import type { Store } from '../open.ts'
import { storeDump } from './dump.ts'
import { withChain, withChainHash } from './objects.ts'
import type { SnapshotRecord } from './part.ts'
import { namePorts } from './port-names.ts'

/** Reads a pasted session into facts of which most of the cluster is missing, and says of each how far it reaches. */
export function importPasted(item: ManifestItem, content: Buffer): (store: Store, record: SnapshotRecord) => void {
  const pasted = readPastedText(decodeText(content), { onNode: item.node !== undefined })
  const dumps = dumpsByOwner(item, pasted.iptables)
  namePorts(
    pasted,
    dumps.map(({ dump }) => dump)
  )
  const { node: _, ...clusterItem } = item
  return (store, record) => {
    for (const problem of pasted.unread) record.addIssue(item, { phase: 'import', ...problem })
    for (const [kind, tables] of Object.entries(listings(pasted))) {
      const said = pasted.coverage.filter((coverage) => coverage.kind === kind)
      if (said.length > 0)
        record.addPart(clusterItem, {
          subject: kind,
          ...reach(said),
          versions: [storeFacts(store, `${kind} of pasted text`, tables)]
        })
    }
    for (const { namespace, cut } of pasted.readyEndpoints) {
      record.addPart(clusterItem, {
        subject: 'ready-endpoints',
        status: cut === 0 ? 'complete' : 'partial',
        ...(cut > 0 && { detail: `three addresses of an object at most: ${cut} of them have more` }),
        ...(namespace !== null && { namespace }),
        versions: []
      })
    }
    storeListeners(store, record, item, pasted)
    for (const { owner, dump, family, why } of dumps) {
      for (const problem of dump.problems) record.addIssue(item, { phase: 'import', ...problem })
      if (why) record.addIssue(item, { phase: 'import', message: why })
      else
        storeDump(
          store,
          record,
          owner,
          dump,
          family,
          `a pasted listing: chains that are not in it are unknown${unreadable(dump)}${warned(dump)}`
        )
    }
  }
}

function listings(pasted: PastedText): Record<ListingKind, FactTables> {
  return {
    pods: { _pod: pasted.pods },
    services: { _service: pasted.services, _service_port: pasted.servicePorts.map(withChainHash) },
    endpoints: { _endpoint: pasted.endpoints.map(withChain) },
    nodes: { _node: pasted.nodes },
    daemonsets: { _daemonset: pasted.daemonsets }
  }
}

function reach(said: readonly Coverage[]): { status: 'complete' | 'partial'; detail?: string; namespace?: string } {
  if (
    said.some(({ complete, namespace, object }) => complete && namespace === null && object === null) &&
    said.every(({ complete }) => complete)
  ) {
    return { status: 'complete' }
  }
  const namespaces = [...new Set(said.map(({ namespace }) => namespace))]
  const why = said.map(({ why }) => why).filter(Boolean)
  const only = namespaces.length === 1 && namespaces[0] ? { namespace: namespaces[0] } : {}
  return {
    status: 'partial',
    detail: why.length > 0 ? why.join('; ') : `only listed for ${namespaces.join(', ')}`,
    ...only
  }
}

function storeListeners(store: Store, record: SnapshotRecord, item: ManifestItem, { listeners }: PastedText): void {
  for (const { namespace, pod, container, node, facts, filtered, protocols } of listeners) {
    const owner =
      pod !== null && namespace !== null
        ? podItem(item, namespace, pod, container)
        : { ...item, node: node ?? item.node ?? '' }
    record.addPart(owner, {
      subject: 'listeners',
      status: filtered ? 'partial' : 'complete',
      protocols: filtered ? [] : protocols,
      ...(filtered && { detail: 'the listing was filtered: sockets that are not in it are unknown' }),
      versions: [storeFacts(store, `listeners of pasted ${pod ?? owner.node}`, { _listener: facts })]
    })
  }
}

/** The item as if it had been asked of a pod: what it says is the pod's. */
function podItem(
  { node: _, ...item }: ManifestItem,
  namespace: string,
  pod: string,
  container: string | null
): ManifestItem {
  return { ...item, namespace, pod, ...(container !== null && { container }) }
}

/** What the form of the listing leaves out of every rule. */
function unreadable(dump: Dump): string {
  const rules = dump.tables.flatMap((table) => [...table.chains.values()].flatMap((chain) => chain.rules))
  return rules.some((rule) => rule.unreadable?.includes('interfaces'))
    ? ', and it was made without -v: rules may ask for interfaces that it does not show'
    : ''
}

function warned({ problems }: Dump): string {
  return problems.some(({ message }) => message === LEGACY_UNSEEN) ? `; ${LEGACY_UNSEEN}` : ''
}

interface OwnedDump {
  readonly owner: ManifestItem
  readonly family: 'ipv4' | 'ipv6'
  readonly dump: Dump
  /** Why it belongs to nobody that is known. */
  readonly why?: string
}

/** The listings of one node or pod and one family are one dump. */
function dumpsByOwner(item: ManifestItem, listings: readonly PastedIptables[]): OwnedDump[] {
  const groups = new Map<string, { owner: ManifestItem; family: 'ipv4' | 'ipv6'; dumps: PlacedDump[]; why?: string }>()
  for (const listing of listings) {
    const node = listing.node ?? item.node
    const family = listing.command.family === 6 ? ('ipv6' as const) : ('ipv4' as const)
    const inPod = listing.pod !== null && listing.namespace !== null
    const owner = inPod
      ? podItem(item, listing.namespace!, listing.pod!, listing.container)
      : { ...item, ...(node !== undefined && { node }) }
    const key = `${family} ${owner.pod ?? ''} ${owner.node ?? ''}`
    const group = groups.get(key) ?? {
      owner,
      family,
      dumps: [],
      ...(!inPod &&
        node === undefined && {
          why: 'the text does not say which node its iptables listing is of; name it with --node'
        })
    }
    const dump = readListing(listing)
    group.dumps.push({
      ...dump,
      line: listing.line,
      problems: dump.problems.map((problem) => inInput(problem, listing))
    })
    groups.set(key, group)
  }
  return [...groups.values()].map(({ dumps, ...rest }) => ({ ...rest, dump: merged(dumps) }))
}

function readListing(listing: PastedIptables): Dump {
  const { form, table } = listing.command
  if (form === 'save') {
    const dump = listing.filtered ? null : readSave(listing.text)
    return dump && dump.tables.length > 0 ? dump : readLooseRules(listing.text, table)
  }
  if (form === 'rules')
    return readSpecList(listing.text, table, { wholeTable: listing.command.chain === null && !listing.filtered })
  const command = `${inOneForm(listing)}\n`
  const dump = readList(`${command}${listing.joined ? unjoin(listing.text) : listing.text}\n`, table)
  // Places in what the command printed, as those of the other forms are.
  return {
    ...dump,
    problems: dump.problems.map((problem) => ({
      ...problem,
      line: problem.line - 1,
      offset: problem.offset - Buffer.byteLength(command)
    }))
  }
}

/** Prompt and command as `readList` takes them, however they were written. */
function inOneForm({ command, filters }: PastedIptables): string {
  const { family, table, chain, numeric, verbose, exact, lineNumbers } = command
  const letters = [numeric && 'n', verbose && 'v', exact && 'x', 'L'].filter(Boolean).join('')
  const listed = `iptables -t ${table ?? 'filter'} -${letters}${chain === null ? '' : ` ${chain}`}${lineNumbers ? ' --line-numbers' : ''}`
  const stages = filters.map((words) =>
    words.map((word) => (/[\s|'"]/.test(word) ? `'${word.replaceAll("'", '"')}'` : word)).join(' ')
  )
  return `$ ${[family === 6 ? `ip6${listed.slice(2)}` : listed, ...stages].join(' | ')}`
}

interface PlacedDump extends Dump {
  /** Where its text begins in the input. */
  readonly line: number
}

/** A later listing of a chain replaces an earlier one: a session often asks the same twice, before and after a change. */
function merged(dumps: readonly PlacedDump[]): Dump {
  const tables = new Map<string | null, Table>()
  const problems = dumps.flatMap((dump) => dump.problems)
  for (const { table, line } of dumps.flatMap((dump) => dump.tables.map((table) => ({ table, line: dump.line })))) {
    const known = tables.get(table.name)
    const chains = new Map<string, Chain>(known?.chains)
    for (const chain of table.chains.values()) {
      const before = chains.get(chain.name)
      if (before && isPartOf(chain, before)) continue
      if (before && !isPartOf(before, chain)) problems.push(replaced(table, chain, line))
      chains.set(chain.name, chain)
    }
    tables.set(table.name, { ...table, chains, complete: table.complete && (known?.complete ?? true) })
  }
  const [first] = dumps
  return { ...first!, tables: [...tables.values()], problems }
}

/** Whether all that a listing shows, perhaps behind a filter, stands in the other one. */
function isPartOf(part: Chain, whole: Chain): boolean {
  if (part.complete !== false && part.rules.length !== whole.rules.length) return false
  const texts = new Set(whole.rules.map(({ text }) => text))
  return part.rules.every(({ text }) => texts.has(text)) && (part.policy === null || part.policy === whole.policy)
}

function replaced({ name }: Table, chain: Chain, line: number): Problem {
  const message = `chain ${chain.name} of table ${name} is listed again with other rules: the later listing holds`
  return { line, offset: 0, text: chain.name, message }
}
