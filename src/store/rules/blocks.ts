import { createHash } from 'node:crypto'
import { chainKind, isLocalKind } from '../../model/chain-kinds.ts'
import { digest } from '../digest.ts'
import { type ChainContent, contentHash, contentOf } from './content.ts'
import { type ListedChain, textOf } from './listed-chain.ts'

/**
 * Some chains that stand beside each other, hashed together. What is known already is known by its blocks: a hundred
 * thousand chains need ten thousand hashes, and only those of a block with another hash are looked at one by one.
 */
export interface Block {
  readonly hash: string
  /** Throws: NotPlain where the text, now that it is looked at, is not what a plain dump has there. */
  chains(): readonly ListedChain[]
  /** Of a block of one chain whose content had to be made for the hash. */
  readonly content?: ChainContent
}

/** A text that was taken for that of a plain dump must be read with more care. */
export class NotPlain extends Error {}

/** The chains that should be the same on all nodes, and a node's own. */
export interface BlockSets {
  readonly shared: Block[]
  readonly local: Block[]
}

export function blocksOf(chains: readonly ListedChain[]): BlockSets {
  const sets: BlockSets = { shared: [], local: [] }
  let run: ListedChain[] = []
  for (const chain of inOrder(chains)) {
    const many = isMany(chain)
    if (run.length > 0 && (!many || chain.table !== run[0]!.table || endsBlock(lastOf(run.at(-1)!.name)))) {
      sets.shared.push(blockOfMany(run))
      run = []
    }
    if (many) run.push(chain)
    else addBlockOfOne(sets, chain)
  }
  if (run.length > 0) sets.shared.push(blockOfMany(run))
  return sets
}

/** Bytewise by table and name: as iptables writes the chains of a table, so that mostly nothing is to be done. */
function inOrder(chains: readonly ListedChain[]): readonly ListedChain[] {
  const isBefore = (a: ListedChain, b: ListedChain) => a.table < b.table || (a.table === b.table && a.name < b.name)
  const sorted = chains.every(
    (chain, index) => index === 0 || chains[index - 1]!.table !== chain.table || isBefore(chains[index - 1]!, chain)
  )
  return sorted ? chains : [...chains].sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0))
}

function isMany({ name, size, policy, complete, splits }: ListedChain): boolean {
  return OF_MANY.some((prefix) => name.startsWith(prefix)) && size > 0 && policy === null && complete && splits
}

/** kube-proxy's chains of single Services and endpoints: all that a large dump has many of. */
export const OF_MANY = ['KUBE-SEP-', 'KUBE-SVC-', 'KUBE-EXT-', 'KUBE-FW-']

/** The borders of blocks depend on the last character of names only: a chain that comes or goes changes one block. One in eleven ends one. */
export function endsBlock(last: number): boolean {
  return (last & 7) === 0
}

function lastOf(name: string): number {
  return name.charCodeAt(name.length - 1)
}

/** Over what a dump has of them: the table, the chains' lines, the rules. */
function blockOfMany(chains: readonly ListedChain[]): Block {
  const lines = chains.map(({ name }) => `:${name} - [0:0]\n`)
  return { hash: digest(`${chains[0]!.table}\n${lines.join('')}${chains.map(textOf).join('')}`), chains: () => chains }
}

export function addBlockOfOne(sets: BlockSets, chain: ListedChain): void {
  const content = contentOf(chain)
  sets[isLocalKind(chainKind(chain.name).kind) ? 'local' : 'shared'].push({
    hash: contentHash(content),
    chains: () => [chain],
    content
  })
}

/** Of a whole set of chains, whatever the order of its blocks. */
export function setHash(blocks: readonly Block[]): Buffer {
  const hashes = blocks.map(({ hash }) => hash).sort()
  return createHash('sha256').update('rules\n').update(hashes.join(''), 'hex').digest()
}
