import { BulkInsert } from '../bulk-insert.ts'
import { digestBytes, digestOf } from '../digest.ts'
import type { Store } from '../open.ts'
import { LIVE } from '../versions.ts'
import { type Run, runsOf } from './chain-runs.ts'
import type { ChainContent } from './content.ts'
import { Labels } from './labels.ts'
import type { ListedChain } from './listed-chain.ts'
import { RuleForms } from './rule-forms.ts'
import { Shapes } from './shapes.ts'

/** A row of _chain_name; what its rules' comments begin with. */
interface ChainName {
  readonly id: number
  readonly label: string | null
}

/** Writes one version of one collection. */
export class ChainWriter {
  private readonly collection: number
  private readonly shapes: Shapes
  /** A collection that is being begun has no names yet, and looking for each of them would be half its cost. */
  private readonly begun: boolean
  private nextName: number
  private readonly labels: Labels
  private readonly names: BulkInsert
  private readonly runs: BulkInsert
  /** Of a user's chain that is whole and one run, as nearly all are. */
  private readonly plainChains: BulkInsert
  private readonly findName
  private readonly standing
  private readonly closeRun
  private readonly closeChain

  constructor(store: Store, version: { readonly collection: number; readonly seq: number }) {
    const { collection, seq } = version
    this.collection = collection
    this.shapes = new Shapes(store, new RuleForms(store))
    this.begun = store.prepare('SELECT 1 FROM _chain_key WHERE collection = ? LIMIT 1').get(collection) !== undefined
    this.nextName = store.prepare('SELECT coalesce(max(id), 0) + 1 FROM _chain_key').pluck().get() as number
    const interval = { since: seq, until: LIVE }
    this.labels = new Labels(store)
    this.names = new BulkInsert(
      store,
      '_chain_key',
      { id: '?', collection, table_name: '?', chain: '?', kind: '?', label: '?' },
      [this.labels.rows]
    )
    this.runs = new BulkInsert(
      store,
      '_run',
      {
        chain: '?',
        ...interval,
        ordered: '?',
        rank: '?',
        shape: '?',
        arguments: '?',
        rules: '?',
        complete: '?',
        policy: '?',
        content: '?'
      },
      [this.names]
    )
    this.plainChains = new BulkInsert(
      store,
      '_run',
      { chain: '?', ...interval, ordered: 1, rank: 1, shape: '?', arguments: '?', rules: '?', complete: 1 },
      [this.names]
    )
    this.findName = store.prepare(
      'SELECT id, label FROM _chain_name WHERE collection = ? AND chain = ? AND table_name = ?'
    )
    this.standing = store
      .prepare(
        `SELECT id, ordered, rank, shape, arguments, rules, complete, policy, content FROM _run WHERE chain = ? AND until = ${LIVE}`
      )
      .raw()
    this.closeRun = store.prepare(`UPDATE _run SET until = ${seq} WHERE id = ?`)
    this.closeChain = store.prepare(`UPDATE _run SET until = ${seq} WHERE chain = ? AND until = ${LIVE}`)
  }

  /**
   * Brings a chain to what the dump has of it; runs that are the same stay. Returns the id of the chain's name, which is taken out of
   * those that are `standing`.
   */
  replace(content: ChainContent, standing: Set<number>): number {
    const name = this.name(content)
    const runs = runsOf(content, name.label, this.shapes)
    for (const run of standing.delete(name.id) ? this.changed(name, runs) : runs) this.add(name.id, run)
    return name.id
  }

  /** `chain`: the id of its name. */
  close(chain: number): void {
    this.closeChain.run(chain)
  }

  flush(): void {
    this.runs.flush()
    this.plainChains.flush()
  }

  private name({ listed, kind, hash }: ChainContent): ChainName {
    const known = this.begun
      ? (this.findName.get(this.collection, listed.name, listed.table) as ChainName | undefined)
      : undefined
    if (known) return known
    const name = { id: this.nextName++, label: hash === null ? null : labelOf(listed) }
    this.names.add(name.id, listed.table, listed.name, kind, name.label === null ? null : this.labels.id(name.label))
    return name
  }

  private add(chain: number, run: Run): void {
    const { ordered, shape, arguments: list, head } = run
    if (head && ordered && head.complete && head.policy === null && head.content === null)
      this.plainChains.add(chain, shape, list, head.rules)
    else this.runs.add(chain, ...rowOf(run))
  }

  /** The runs that the chain does not have; those that it should not have are closed. */
  private changed({ id }: ChainName, runs: readonly Run[]): Run[] {
    const wanted = new Map<string, Run[]>()
    for (const run of runs) {
      const key = keyOf(rowOf(run))
      const alike = wanted.get(key)
      if (alike) alike.push(run)
      else wanted.set(key, [run])
    }
    for (const [run, ...row] of this.standing.all(id) as [number, ...Row][]) {
      if (wanted.get(keyOf(row))?.pop() === undefined) this.closeRun.run(run)
    }
    return [...wanted.values()].flat().sort((a, b) => a.rank - b.rank)
  }
}

type Row = readonly [
  ordered: number,
  rank: number,
  shape: number | null,
  list: string | null,
  rules: number | null,
  complete: number | null,
  policy: string | null,
  content: Buffer | null
]

/** The columns of a run, as they stand in the INSERT. */
function rowOf({ ordered, rank, shape, arguments: list, head }: Run): Row {
  const own = head
    ? ([
        head.rules,
        head.complete ? 1 : 0,
        head.policy,
        head.content === null ? null : digestBytes(head.content)
      ] as const)
    : ([null, null, null, null] as const)
  return [ordered ? 1 : 0, rank, shape, list, ...own]
}

/** The same for the same row. Most are of one rule, and all of theirs that matters is short. */
function keyOf([ordered, rank, shape, list, rules, complete, policy, content]: Row): string {
  return `${ordered} ${rank} ${shape} ${rules} ${complete} ${policy} ${content && digestOf(content)} ${list}`
}

/** What kube-proxy's comment on the first rule begins with: `namespace/name:port`. */
function labelOf({ source, from, to }: ListedChain): string | null {
  const end = source.indexOf('\n', from)
  return / --comment "([\w.-]+\/[\w.:-]+)[ "]/.exec(source.slice(from, end === -1 ? to : end))?.[1] ?? null
}
