import type { Store } from '../open.ts'

/** What many rules have in common: the text, with U+0001 … U+0004 where a rule's own words belong. */
export interface StoredForm {
  readonly id: number
  readonly text: string
}

/** A rule as it is kept: the words are null beyond those its form takes. */
export type StoredRule = readonly [chain: number, rank: number, form: StoredForm, a: string | null, b: string | null, c: string | null, d: string | null]

/** A chain as it stands in the store: the order of its rules is by rank, not the dump's own. */
export interface StoredChain {
  readonly table: string
  readonly name: string
  readonly policy: string | null
  readonly complete: boolean
  /** U+0005 in its rules' words. */
  readonly label: string
  readonly rules: readonly StoredRule[]
}

/** By table and name. */
export type StoredChains = ReadonlyMap<string, ReadonlyMap<string, StoredChain>>

/** The rule as iptables-save writes it, without -A and the chain's name. */
export function textOfRule([, , form, ...words]: StoredRule, label: string): string {
  // A form without arguments is the rule itself, whatever characters it holds.
  if (words[0] === null) return form.text
  return form.text.replace(/[\u0001-\u0004]/g, (place) => words[place.charCodeAt(0) - 1] ?? '').replaceAll('\u0005', label)
}

/** A word of a rule, by its place from 0. */
export function wordOf(rule: StoredRule, place: number): string {
  return (rule[3 + place] as string | null) ?? ''
}

type Head = readonly [id: number, since: number, table: string, name: string, policy: string | null, complete: number, label: string | null]
type Row = [chain: number, rank: number, form: number | StoredForm, a: string | null, b: string | null, c: string | null, d: string | null]

/** More chains than this are read in one go. */
const FEW = 500

/** Reads whole sets of chains; those that two sets have alike are read once, and are the same object. */
export class ChainReader {
  private readonly store: Store
  private readonly forms = new Map<number, StoredForm>()
  private readonly known = new Map<number, StoredChain>()

  constructor(store: Store) {
    this.store = store
  }

  read(collection: number, seq: number): StoredChains {
    const heads = this.store.prepare(
      `SELECT n.id, c.since, n.table_name, n.chain, c.policy, c.complete, n.label FROM _chain_name n
       JOIN _chain c ON c.chain = n.id AND c.since <= ? AND ? < c.until WHERE n.collection = ?`
    ).raw().all(seq, seq, collection) as Head[]
    this.learn(heads.filter((head) => !this.known.has(identity(head))), collection, seq)
    const tables = new Map<string, Map<string, StoredChain>>()
    for (const head of heads) {
      const chain = this.known.get(identity(head))!
      const named = tables.get(chain.table) ?? new Map<string, StoredChain>()
      tables.set(chain.table, named.set(chain.name, chain))
    }
    return tables
  }

  private learn(heads: readonly Head[], collection: number, seq: number): void {
    if (heads.length === 0) return
    this.learnForms()
    const rules = new Map<number, StoredRule[]>(heads.map(([id]) => [id, []]))
    for (const row of this.rows(heads, collection, seq)) {
      row[2] = this.forms.get(row[2] as number)!
      rules.get(row[0])?.push(row as unknown as StoredRule)
    }
    for (const head of heads) {
      const [id, , table, name, policy, complete, label] = head
      const inOrder = rules.get(id)!.sort((a, b) => a[1] - b[1])
      this.known.set(identity(head), { table, name, policy, complete: complete === 1, label: label ?? '', rules: inOrder })
    }
  }

  private rows(heads: readonly Head[], collection: number, seq: number): Row[] {
    const columns = 'r.chain, r.rank, r.form, r.a, r.b, r.c, r.d'
    if (heads.length > FEW) {
      return this.store.prepare(
        `SELECT ${columns} FROM _rule_row r JOIN _chain_name n ON n.id = r.chain WHERE n.collection = ? AND r.since <= ? AND ? < r.until`
      ).raw().all(collection, seq, seq) as Row[]
    }
    const one = this.store.prepare(`SELECT ${columns} FROM _rule_row r WHERE r.chain = ? AND r.since <= ? AND ? < r.until`).raw()
    return heads.flatMap(([id]) => one.all(id, seq, seq) as Row[])
  }

  private learnForms(): void {
    if (this.forms.size > 0) return
    for (const [id, text] of this.store.prepare('SELECT id, text FROM _rule_form').raw().all() as [number, string][]) this.forms.set(id, { id, text })
  }
}

/** A number, because there are a hundred thousand: since is the number of a version, far below 2^20. */
function identity([id, since]: Head): number {
  return id * 2 ** 20 + since
}
