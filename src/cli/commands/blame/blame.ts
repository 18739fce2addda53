import { blame } from '../../../ask/history/blame.ts'
import { UserError } from '../../../problem.ts'
import { blameRows, blameText } from '../../../report/history/blame.ts'
import type { Store } from '../../../store/open.ts'
import { nearest } from '../../nearest.ts'
import { print, printText, talk } from '../../terminal/print.ts'

/** Throws: UserError where the snapshot's rules hold no such chain, or it does not say. */
export function blameChain(
  store: Store,
  snapshot: string,
  { chain, node, output }: { chain: string; node?: string; output: string }
): void {
  const chains = blame(store, { snapshot, chain, ...(node !== undefined && { node }) })
  const unread = unreadNodes(store, snapshot, node)
  if (chains.length === 0) throw new UserError(missing(store, snapshot, chain, node, unread))
  for (const { node: name, reason } of unread)
    talk(`snap: rules of ${name} are not known whole in ${snapshot}: ${reason}`)
  if (output === 'table') printText(blameText(chains))
  else print(blameRows(chains), output)
}

interface Unread {
  readonly node: string
  readonly reason: string
}

function unreadNodes(store: Store, snapshot: string, node: string | undefined): Unread[] {
  return store
    .prepare(`SELECT node, group_concat(DISTINCT coalesce(detail, status)) AS reason FROM coverage
    WHERE snapshot = @snapshot AND subject = 'rules' AND node IS NOT NULL AND status <> 'complete' AND (@node IS NULL OR node = @node) GROUP BY node`)
    .all({ snapshot, node: node ?? null }) as Unread[]
}

function missing(
  store: Store,
  snapshot: string,
  chain: string,
  node: string | undefined,
  unread: readonly Unread[]
): string {
  const names = store
    .prepare(
      'SELECT DISTINCT chain FROM chains WHERE snapshot = @snapshot AND node IS NOT NULL AND (@node IS NULL OR node = @node)'
    )
    .pluck()
    .all({ snapshot, node: node ?? null }) as string[]
  const where = node === undefined ? "no node's rules" : `no rules of ${node}`
  if (names.length === 0) return `blame: ${snapshot} holds ${where}${unread.length > 0 ? `: ${unread[0]!.reason}` : ''}`
  const unknown =
    unread.length > 0 ? `; rules of ${unread.map((each) => each.node).join(', ')} are not known whole` : ''
  return `blame: ${snapshot} has no chain ${chain}${node === undefined ? '' : ` on ${node}`}${unknown}; nearest: ${nearest(chain, names).join(', ')}`
}
