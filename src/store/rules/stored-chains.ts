import type { Store } from '../open.ts'

/** What many rules have in common: the text, with U+0001 … U+0004 where a rule's own words belong. */
export interface StoredForm {
  /** U+0005 stands for the label of the chain. */
  readonly text: string
  /** How many words of its own a rule has. */
  readonly arguments: number
  readonly labelled: boolean
}

/** A rule as it is kept. */
export interface StoredRule {
  readonly form: StoredForm
  /** Of a run of rules; this rule's begin at `first`. */
  readonly words: readonly string[]
  readonly first: number
}

/** A chain as it stands in the store: the order of its rules is by rank, not the dump's own. */
export interface StoredChain {
  readonly table: string
  readonly name: string
  readonly policy: string | null
  readonly complete: boolean
  readonly label: string
  readonly rules: readonly StoredRule[]
}

/** By table and name. */
export type StoredChains = ReadonlyMap<string, ReadonlyMap<string, StoredChain>>

/** The rule as iptables-save writes it, without -A and the chain's name. */
export function textOfRule({ form, words, first }: StoredRule, label: string): string {
  const text = form.labelled ? form.text.replaceAll('\u0005', label) : form.text
  return form.arguments === 0
    ? text
    : text.replace(/[\u0001-\u0004]/g, (place) => words[first + place.charCodeAt(0) - 1] ?? '')
}

type Name = readonly [id: number, table: string, name: string, label: string | null]
type Run = readonly [
  chain: number,
  since: number,
  rank: number,
  shape: number | null,
  words: string | null,
  rules: number | null,
  complete: number | null,
  policy: string | null
]

/** What runs of a shape have at each place: a form, and where its words begin. */
type Shape = readonly { readonly form: StoredForm; readonly first: number }[]

const NOTHING: readonly string[] = []

/** Reads whole sets of chains; those that two sets have alike are made once, and are the same object. */
export class ChainReader {
  private readonly store: Store
  private readonly shapes = new Map<number, Shape>()
  private readonly known = new Map<number, StoredChain>()

  constructor(store: Store) {
    this.store = store
  }

  read(collection: number, seq: number): StoredChains {
    this.learnShapes()
    const names = this.store
      .prepare('SELECT id, table_name, chain, label FROM _chain_name WHERE collection = ?')
      .raw()
      .all(collection) as Name[]
    const runs = runsByChain(
      this.store
        .prepare(
          `SELECT r.chain, r.since, r.rank, r.shape, r.arguments, r.rules, r.complete, r.policy FROM _run r
       JOIN _chain_name n ON n.id = r.chain WHERE n.collection = ? AND r.since <= ? AND ? < r.until`
        )
        .raw()
        .all(collection, seq, seq) as Run[]
    )
    const tables = new Map<string, Map<string, StoredChain>>()
    for (const name of names) {
      const [id, table, chain] = name
      const own = runs.get(id)
      if (!own) continue
      const named = tables.get(table) ?? new Map<string, StoredChain>()
      tables.set(table, named.set(chain, this.chain(name, own)))
    }
    return tables
  }

  private chain([id, table, name, label]: Name, runs: readonly Run[]): StoredChain {
    const [, since, , , , , complete, policy] = runs.find(([, , , , , rules]) => rules !== null)!
    // Since is the number of a version, far below 2^20: numbers, because there are a hundred thousand.
    const identity = id * 2 ** 20 + since
    let chain = this.known.get(identity)
    if (!chain) {
      const rules =
        runs.length === 1
          ? this.rulesIn(runs[0]!)
          : [...runs].sort((a, b) => a[2] - b[2]).flatMap((run) => this.rulesIn(run))
      this.known.set(identity, (chain = { table, name, policy, complete: complete === 1, label: label ?? '', rules }))
    }
    return chain
  }

  private rulesIn([, , , shape, text]: Run): StoredRule[] {
    if (shape === null) return []
    const words = text === null ? NOTHING : (JSON.parse(text) as string[])
    return this.shapes.get(shape)!.map(({ form, first }) => ({ form, words, first }))
  }

  private learnShapes(): void {
    if (this.shapes.size > 0) return
    const forms = new Map(
      (
        this.store.prepare('SELECT id, text, arguments, labelled FROM _rule_form').raw().all() as [
          number,
          string,
          number,
          number
        ][]
      ).map(([id, text, count, labelled]) => [id, { text, arguments: count, labelled: labelled === 1 }])
    )
    const places = this.store
      .prepare('SELECT shape, form, first FROM _shape_rule ORDER BY shape, place')
      .raw()
      .all() as [number, number, number][]
    for (const [shape, form, first] of places) {
      const known = this.shapes.get(shape) as { form: StoredForm; first: number }[] | undefined
      if (known) known.push({ form: forms.get(form)!, first })
      else this.shapes.set(shape, [{ form: forms.get(form)!, first }])
    }
  }
}

function runsByChain(runs: readonly Run[]): Map<number, Run[]> {
  const byChain = new Map<number, Run[]>()
  for (const run of runs) {
    const known = byChain.get(run[0])
    if (known) known.push(run)
    else byChain.set(run[0], [run])
  }
  return byChain
}
