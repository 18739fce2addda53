import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'

interface ChainState {
  readonly since: number
  readonly until: number
  readonly ordered: number
  readonly complete: number
}

interface ChainHistory {
  readonly rows: readonly RuleInterval[]
  readonly byText: ReadonlyMap<string, readonly RuleInterval[]>
  readonly byTarget: ReadonlyMap<string, readonly RuleInterval[]>
  readonly states: readonly ChainState[]
}

interface RuleInterval {
  readonly since: number
  readonly until: number
  readonly rank: number
  readonly text: string
  readonly target: string | null
}

/** All rules that ever stood in chains of one name, by collection and table, with their intervals. */
export class ChainRows {
  private readonly chains = new Map<string, ChainHistory>()
  private readonly names = new Set<string>()

  constructor(store: Store, chain: string) {
    const ids = store
      .prepare(
        `SELECT n.id, n.collection, n.table_name AS "table" FROM _collection k CROSS JOIN _chain_name n ON n.collection = k.id AND n.chain = ?`
      )
      .all(chain) as { id: number; collection: number; table: string }[]
    const rules = store.prepare(
      'SELECT since, until, rank, text, target FROM _rule WHERE chain = ? ORDER BY rank, text'
    )
    const states = store.prepare('SELECT since, until, ordered, complete FROM _chain WHERE chain = ?')
    for (const { id, collection, table } of ids) {
      const rows = rules.all(id) as RuleInterval[]
      this.names.add(table)
      this.chains.set(`${collection} ${table}`, {
        rows,
        byText: by(rows, ({ text }) => text),
        byTarget: by(rows, ({ target }) => target ?? ''),
        states: states.all(id) as ChainState[]
      })
    }
  }

  tables(): string[] {
    return [...this.names].sort()
  }

  standing(table: string, versions: readonly Version[]): { ordered: boolean; rules: RuleInterval[] } | undefined {
    for (const version of versions) {
      const chain = this.chains.get(`${version.collection} ${table}`)
      const state = chain?.states.find(isIn(version))
      if (state) return { ordered: state.ordered === 1, rules: chain!.rows.filter(isIn(version)) }
    }
    return undefined
  }

  isWhole(table: string, versions: readonly Version[]): boolean {
    return versions.some(
      (version) => this.chains.get(`${version.collection} ${table}`)?.states.find(isIn(version))?.complete === 1
    )
  }

  hasText(table: string, versions: readonly Version[], text: string): boolean {
    return versions.some(
      (version) => this.chains.get(`${version.collection} ${table}`)?.byText.get(text)?.some(isIn(version)) === true
    )
  }

  hasTarget(table: string, versions: readonly Version[], target: string): boolean {
    return versions.some(
      (version) => this.chains.get(`${version.collection} ${table}`)?.byTarget.get(target)?.some(isIn(version)) === true
    )
  }
}

function isIn({ seq }: Version) {
  return ({ since, until }: { since: number; until: number }): boolean => since <= seq && seq < until
}

function by<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const row of rows) {
    const its = found.get(key(row))
    if (its) its.push(row)
    else found.set(key(row), [row])
  }
  return found
}
