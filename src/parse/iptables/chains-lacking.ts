import { targetModules } from './options.ts'

/** Where kube-proxy has rules, the hooks that it hangs them in are there. */
const HOOKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['nat', ['PREROUTING', 'OUTPUT', 'POSTROUTING']],
  ['filter', ['INPUT', 'FORWARD', 'OUTPUT']]
])

const LINE = /^(?:\*(\w+)|:(\S+)|(?:\[\d+:\d+\] )?-A [^\n]* -[jg] (\S+))/gm

/**
 * Chains that every node has by what else stands in the dump, and the dump has not: those that a rule jumps to (the kernel
 * refuses such a rule), and the hooks of a table of kube-proxy. One entry a table; then the text is not all that was printed.
 */
export function chainsLacking(dump: string): { readonly table: string; readonly chains: readonly string[] }[] {
  const tables: { table: string; has: Set<string>; called: Set<string> }[] = []
  for (const [, table, chain, called] of dump.matchAll(LINE)) {
    if (table !== undefined) tables.push({ table, has: new Set(), called: new Set() })
    if (chain !== undefined) tables.at(-1)?.has.add(chain)
    if (called !== undefined && !targetModules.has(called)) tables.at(-1)?.called.add(called)
  }
  return tables.flatMap(({ table, has, called }) => {
    const hooks = has.has('KUBE-SERVICES') ? (HOOKS.get(table) ?? []) : []
    const chains = [...hooks, ...called].filter((chain) => !has.has(chain))
    return chains.length === 0 ? [] : [{ table, chains }]
  })
}
