import type { Store } from '../../store/open.ts'
import { balanceAlike } from './balance.ts'
import { rulesOf, rulesOnlyIn, type StoredRule } from './chain-rules.ts'
import type { ChainState, ChangedChain } from './changed-chains.ts'
import { movedRules } from './dispatch-order.ts'
import { commonOrder } from './sequence.ts'

/** One rule, or one chain, that came or went. */
export interface RuleDelta {
  readonly sign: '+' | '-'
  readonly table: string
  readonly chain: string
  readonly kind: string
  readonly hash: string | null
  /** As iptables-save writes it: `-A KUBE-FORWARD …`, `:KUBE-SEP-… - [0:0]`. */
  readonly line: string
  /** Absent for the chain itself. */
  readonly rule?: StoredRule
}

/** Chains in which kube-proxy chooses an endpoint. */
const CHOOSING = new Set(['service', 'external-local', 'local'])

/** The rules of a chain that came and went. Rules that only changed places where places cannot matter are not among them. */
export function ruleDeltas(store: Store, changed: ChangedChain): RuleDelta[] {
  const { before, after } = changed
  const { removed, added } = !before
    ? { removed: [], added: rulesOf(store, after!) }
    : !after
      ? { removed: rulesOf(store, before), added: [] }
      : before.ordered && after.ordered
        ? inOrder(changed, rulesOf(store, before), rulesOf(store, after))
        : inAnyOrder(store, before, after)
  const { table, chain, kind, hash } = changed
  const of =
    (sign: '+' | '-') =>
    (rule: StoredRule): RuleDelta => ({
      sign,
      table,
      chain,
      kind,
      hash,
      line: rule.text === '' ? `-A ${chain}` : `-A ${chain} ${rule.text}`,
      rule
    })
  return [...ownLines(changed), ...removed.map(of('-')), ...added.map(of('+'))]
}

/** The chain's own line, where it came, went, or got another policy. */
function ownLines({ table, chain, kind, hash, before, after }: ChangedChain): RuleDelta[] {
  if (before && after && before.policy === after.policy) return []
  const line = (sign: '+' | '-', policy: string | null): RuleDelta => ({
    sign,
    table,
    chain,
    kind,
    hash,
    line: `:${chain} ${policy ?? '-'} [0:0]`
  })
  return [...(before ? [line('-', before.policy)] : []), ...(after ? [line('+', after.policy)] : [])]
}

interface Delta {
  readonly removed: readonly StoredRule[]
  readonly added: readonly StoredRule[]
}

function inOrder({ kind }: ChangedChain, before: readonly StoredRule[], after: readonly StoredRule[]): Delta {
  if (CHOOSING.has(kind) && balanceAlike(before, after)) return { removed: [], added: [] }
  const common = commonOrder(
    before.map(({ text }) => text),
    after.map(({ text }) => text)
  )
  const [was, is] = [new Set(common.map(([place]) => place)), new Set(common.map(([, place]) => place))]
  return { removed: before.filter((_, place) => !was.has(place)), added: after.filter((_, place) => !is.has(place)) }
}

function inAnyOrder(store: Store, before: ChainState, after: ChainState): Delta {
  const one = before.id === after.id
  const removed = one ? rulesOnlyIn(store, before, after) : rulesOf(store, before)
  const added = one ? rulesOnlyIn(store, after, before) : rulesOf(store, after)
  const rest = { removed: without(removed, added), added: without(added, removed) }
  // Where as many rules are only on one side as differ at all, none has changed its rank.
  if (one && rest.removed.length === removed.length) return rest
  const [was, is] = [rulesOf(store, before), rulesOf(store, after)]
  const moved = movedRules(without(was, rest.removed), without(is, rest.added))
  return { removed: [...rest.removed, ...moved.removed], added: [...rest.added, ...moved.added] }
}

/** The rules that have no rule of the same text among the others; repetitions count. */
function without(rules: readonly StoredRule[], others: readonly StoredRule[]): StoredRule[] {
  const left = new Map<string, number>()
  for (const { text } of others) left.set(text, (left.get(text) ?? 0) + 1)
  return rules.filter(({ text }) => {
    const count = left.get(text) ?? 0
    if (count > 0) left.set(text, count - 1)
    return count === 0
  })
}
