import type { Store } from '../../store/open.ts'
import { type Choice, chainsOf, type DumpChain, rulesOfChain } from './chains.ts'
import type { StoredDump } from './dump.ts'

/**
 * A stored dump line by line as iptables-save (with `counters`: -c) printed it. iptables-save prints the counters of built-in chains
 * with and without -c. What the snapshot does not hold is said in comments: counters, and what a dump that was cut may lack.
 */
export function* saveLines(
  store: Store,
  dump: StoredDump,
  choice: Choice & { readonly counters: boolean }
): Iterable<string> {
  yield* remarks(dump, choice.counters)
  const chains = chainsOf(store, dump, choice)
  for (const table of new Set(chains.map((chain) => chain.table))) {
    const own = chains.filter((chain) => chain.table === table)
    yield `*${table}`
    for (const { chain, policy, packets, bytes } of own)
      yield `:${chain} ${policy ?? '-'} [${packets ?? 0}:${bytes ?? 0}]`
    for (const chain of own) yield* ruleLines(store, dump, chain, choice.counters)
    yield 'COMMIT'
  }
}

function* remarks(
  { snapshot, node, family, backend, status, detail, counters }: StoredDump,
  wantCounters: boolean
): Iterable<string> {
  yield `# ${node}, ${family}${backend === null ? '' : ` (${backend})`}, snapshot ${snapshot}`
  if (status !== 'complete') yield `# Not all of it: ${oneLine(detail ?? status)}`
  if (wantCounters && !counters) yield '# The dump has no counters of rules'
}

function* ruleLines(store: Store, dump: StoredDump, chain: DumpChain, counters: boolean): Iterable<string> {
  if (!chain.complete) yield `# Chain ${chain.chain}: rules may be missing here`
  for (const { text, packets, bytes } of rulesOfChain(store, dump, chain)) {
    const line = text === '' ? `-A ${chain.chain}` : `-A ${chain.chain} ${text}`
    yield counters && packets !== null ? `[${packets}:${bytes}] ${line}` : line
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
