import { digest } from '../digest.ts'
import type { StoredOrder } from './canonical-order.ts'
import type { ChainContent } from './content.ts'
import { type ListedChain, listedText, rulesOf, textOf } from './listed-chain.ts'
import type { RunText, Shapes } from './shapes.ts'

/** What the first run of a chain says of the chain itself. */
export interface ChainHead {
  readonly rules: number
  readonly complete: boolean
  readonly policy: string | null
  /** Of a chain of several runs. */
  readonly content: string | null
}

/** A row of _run, but for its chain and interval. */
export interface Run {
  readonly ordered: boolean
  readonly rank: number
  readonly shape: number | null
  readonly arguments: string | null
  readonly head?: ChainHead
}

/** Rules of one run. */
const MOST = 64

/** A chain as rows. */
export function runsOf(content: ChainContent, label: string | null, shapes: Shapes): Run[] {
  const { listed, order } = content
  const head = { rules: listed.size, complete: listed.complete, policy: listed.policy, content: null }
  if (!order && listed.size === 0) return [{ ordered: true, rank: 1, shape: null, arguments: null, head }]
  if (isOneRun(content)) {
    const { shape, arguments: list } = shapes.of(listed, label)
    return [{ ordered: true, rank: 1, shape, arguments: list, head }]
  }
  const [first, ...others] = order ? unorderedRuns(listed, order, label, shapes) : pieceRuns(listed, label, shapes)
  return [{ ...first!, head: { ...head, content: runsContent(content) } }, ...others]
}

/** Then the run itself tells what the chain holds, and no hash is kept. */
export function isOneRun({ listed, order }: Pick<ChainContent, 'listed' | 'order'>): boolean {
  return !order && (listed.size === 0 || (listed.size <= MOST && listed.splits))
}

/** Each rule by itself, behind a run without rules that stands for the chain. */
function unorderedRuns(
  { name }: ListedChain,
  { rules, ranks }: StoredOrder,
  label: string | null,
  shapes: Shapes
): Run[] {
  const runs = rules.map((rule, index) => ({
    ordered: false,
    rank: ranks[index]!,
    ...shapes.of(runText(name, [rule]), label)
  }))
  return [{ ordered: false, rank: 0, shape: null, arguments: null }, ...runs]
}

function pieceRuns(listed: ListedChain, label: string | null, shapes: Shapes): Run[] {
  const rules = rulesOf(listed)
  const pieces = Array.from({ length: Math.ceil(rules.length / MOST) }, (_, index) =>
    rules.slice(index * MOST, (index + 1) * MOST)
  )
  return pieces.map((piece, index) => ({
    ordered: true,
    rank: index * MOST + 1,
    ...shapes.of(runText(listed.name, piece), label)
  }))
}

function runText(name: string, rules: readonly string[]): RunText {
  return { name, size: rules.length, ...listedText(name, rules) }
}

/** Hash of a chain of several runs. */
export function runsContent({ listed, order }: Pick<ChainContent, 'listed' | 'order'>): string {
  return digest(order ? order.rules.map((rule, index) => `${order.ranks[index]} ${rule}\n`).join('') : textOf(listed))
}
