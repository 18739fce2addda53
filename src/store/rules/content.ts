import { chainKind } from '../../model/chain-kinds.ts'
import { digest } from '../digest.ts'
import { canonicalOrder, isDispatchKind, type StoredOrder } from './canonical-order.ts'
import { type ListedChain, rulesOf, textOf } from './listed-chain.ts'

/** One chain as it is about to be stored. */
export interface ChainContent {
  readonly listed: ListedChain
  readonly kind: string
  readonly hash: string | null
  /** Of a chain whose order cannot matter: the canonical one; the dump's own is kept with the part. */
  readonly order: StoredOrder | null
}

export function contentOf(listed: ListedChain): ChainContent {
  const { kind, hash } = chainKind(listed.name)
  return { listed, kind, hash, order: isDispatchKind(kind) ? canonicalOrder(rulesOf(listed)) : null }
}

/** Hash over name, policy, completeness and rules in stored order. */
export function contentHash({ listed, order }: ChainContent): string {
  const { table, name, policy, complete, size } = listed
  return digest(
    `${table} ${name} ${policy ?? '-'} ${complete ? 1 : 0} ${size}\n${order ? orderedText(name, order) : textOf(listed)}`
  )
}

/** Hash of one of the many chains of a block. */
export function chainHash(listed: ListedChain): string {
  return digest(`${listed.table}\n${textOf(listed)}`)
}

/** A rank that is not the place itself is content: it tells runs of rules apart. */
function orderedText(name: string, { rules, ranks }: StoredOrder): string {
  return rules
    .map((rule, index) => `-A ${name} ${ranks[index] === index + 1 ? '' : `${ranks[index]} `}${rule}\n`)
    .join('')
}
