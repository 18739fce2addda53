import { createHash } from 'node:crypto'
import { chainKind, isLocalKind } from '../../model/chain-kinds.ts'
import { digest } from '../digest.ts'
import { contentOf, type ChainContent } from './content.ts'
import { textOf, type ListedChain } from './listed-chain.ts'

/**
 * Some chains that stand beside each other, hashed together. What is known already is known by its blocks: a hundred
 * thousand chains need ten thousand hashes, and only those of a block with another hash are looked at one by one.
 */
export interface Block {
  readonly hash: string
  readonly chains: readonly ListedChain[]
  /** Of a block of one chain whose content had to be made for the hash. */
  readonly content?: ChainContent
}

/** The chains that should be the same on all nodes, and a node's own. */
export interface BlockSets {
  readonly shared: Block[]
  readonly local: Block[]
}

export function blocksOf(chains: readonly ListedChain[]): BlockSets {
  const sets: BlockSets = { shared: [], local: [] }
  let run: ListedChain[] = []
  for (const chain of inOrder(chains)) {
    const table = run[0]?.table
    if (run.length > 0 && (!isMany(chain) || chain.table !== table || endsBlock(run.at(-1)!))) {
      sets.shared.push(blockOfMany(run))
      run = []
    }
    if (isMany(chain)) run.push(chain)
    else sets[isLocalKind(chainKind(chain.name).kind) ? 'local' : 'shared'].push(blockOfOne(chain))
  }
  if (run.length > 0) sets.shared.push(blockOfMany(run))
  return sets
}

/** Bytewise by table and name: as iptables writes the chains of a table, so that mostly nothing is to be done. */
function inOrder(chains: readonly ListedChain[]): readonly ListedChain[] {
  const isBefore = (a: ListedChain, b: ListedChain) => a.table < b.table || a.table === b.table && a.name < b.name
  const sorted = chains.every((chain, index) => index === 0 || chains[index - 1]!.table !== chain.table || isBefore(chains[index - 1]!, chain))
  return sorted ? chains : [...chains].sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0))
}

/** kube-proxy's chains of single Services and endpoints: all that a large dump has many of. */
function isMany({ name, size, policy, complete, splits }: ListedChain): boolean {
  return (name.startsWith('KUBE-SEP-') || name.startsWith('KUBE-SVC-') || name.startsWith('KUBE-EXT-') || name.startsWith('KUBE-FW-')) &&
    size > 0 && policy === null && complete && splits
}

/** The borders of blocks depend on names only: a chain that comes or goes changes one block. One name in eleven ends one. */
function endsBlock({ name }: ListedChain): boolean {
  return (name.charCodeAt(name.length - 1) & 7) === 0
}

function blockOfMany(chains: readonly ListedChain[]): Block {
  return { hash: digest(`${chains[0]!.table}\n${textOfMany(chains)}`), chains }
}

function textOfMany(chains: readonly ListedChain[]): string {
  const [first, last] = [chains[0]!, chains.at(-1)!]
  const together = chains.every((chain, index) => index === 0 || chain.source === first.source && chain.from === chains[index - 1]!.to)
  return together ? first.source.slice(first.from, last.to) : chains.map(textOf).join('')
}

function blockOfOne(chain: ListedChain): Block {
  const content = contentOf(chain)
  return { hash: digest(`${chain.table} ${chain.name} ${content.content}`), chains: [chain], content }
}

/** Of a whole set of chains, whatever the order of its blocks. */
export function setHash(blocks: readonly Block[]): Buffer {
  const hashes = blocks.map(({ hash }) => hash).sort()
  return createHash('sha256').update('rules\n').update(hashes.join(''), 'latin1').digest()
}

export function contentsOf(block: Block): ChainContent[] {
  return block.content ? [block.content] : block.chains.map(contentOf)
}
