import { chainKind } from '../../model/chain-kinds.ts'
import { digest } from '../digest.ts'
import { canonicalOrder, isDispatchKind, listedOrder, type StoredOrder } from './canonical-order.ts'
import { rulesOf, textOf, type ListedChain } from './listed-chain.ts'

/** One chain as it is about to be stored. */
export interface ChainContent {
  readonly table: string
  readonly chain: string
  readonly kind: string
  readonly hash: string | null
  readonly policy: string | null
  readonly complete: boolean
  /** False: the order of its rules is the canonical one, and the dump's own is kept with the part. */
  readonly ordered: boolean
  readonly order: StoredOrder
  /** Hash over policy, completeness and rules in stored order. */
  readonly content: string
}

export function contentOf(listed: ListedChain): ChainContent {
  const { table, name, policy, complete } = listed
  const { kind, hash } = chainKind(name)
  const ordered = !isDispatchKind(kind)
  const order = ordered ? listedOrder(rulesOf(listed)) : canonicalOrder(rulesOf(listed))
  const head = `${policy ?? '-'} ${complete ? 1 : 0} ${order.rules.length}\n`
  const text = ordered && listed.splits ? textOf(listed) : orderedText(name, order)
  return { table, chain: name, kind, hash, policy, complete, ordered, order, content: digest(head + text) }
}

/** A rank that is not the place itself is content: it tells runs of rules apart. */
export function orderedText(name: string, { rules, ranks }: Pick<StoredOrder, 'rules' | 'ranks'>): string {
  return rules.map((rule, index) => `-A ${name} ${ranks[index] === index + 1 ? '' : `${ranks[index]} `}${rule}\n`).join('')
}
