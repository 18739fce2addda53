import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'
import type { StoredRule } from '../diff/chain-rules.ts'
import type { VersionPair } from '../diff/changed-chains.ts'
import { DISPATCHING, frontendOf } from '../diff/owners.ts'
import type { RuleDelta } from '../diff/rule-delta.ts'

/** Which rules of the dispatch chains are an object's: those that go to one of its chains, and those for one of its frontends. */
export interface RuleChoice {
  readonly targets: ReadonlySet<string>
  /** As `frontendKey` writes them. */
  readonly frontends: ReadonlySet<string>
}

interface RuleInterval extends StoredRule {
  readonly collection: number
  readonly table: string
  readonly chain: string
  readonly kind: string
  readonly hash: string | null
  readonly since: number
  readonly until: number
}

/** An object's rules in KUBE-SERVICES and the chains like it, which hold those of ten thousand others: read once, with their intervals. */
export class DispatchRules {
  private readonly byCollection = new Map<number, RuleInterval[]>()

  constructor(store: Store, choice: RuleChoice | undefined) {
    if (!choice) return
    for (const row of intervalsOf(store, choice)) {
      const rows = this.byCollection.get(row.collection)
      if (rows) rows.push(row)
      else this.byCollection.set(row.collection, [row])
    }
  }

  standing({ collection, seq }: Version): RuleInterval[] {
    return (this.byCollection.get(collection) ?? []).filter(({ since, until }) => since <= seq && seq < until)
  }

  /** What came and went; where a dump is not whole, a rule that it does not show is unknown. Places in the chain are not compared. */
  deltas({ before, after }: VersionPair, isWhole: boolean): RuleDelta[] {
    if (!isWhole) return []
    const [was, is] = [before, after].map((versions) => versions.flatMap((version) => this.standing(version))) as [
      RuleInterval[],
      RuleInterval[]
    ]
    const delta =
      (sign: '+' | '-') =>
      ({ table, chain, kind, hash, ...rule }: RuleInterval): RuleDelta => ({
        sign,
        table,
        chain,
        kind,
        hash,
        line: `-A ${chain} ${rule.text}`,
        rule
      })
    return [...missing(was, is).map(delta('-')), ...missing(is, was).map(delta('+'))]
  }
}

/** The rules that have no equal among the others; repetitions count. */
function missing(rules: readonly RuleInterval[], others: readonly RuleInterval[]): RuleInterval[] {
  const key = ({ table, chain, text }: RuleInterval) => `${table} ${chain} ${text}`
  const left = others.map(key)
  return rules.filter((rule) => {
    const place = left.indexOf(key(rule))
    if (place >= 0) left.splice(place, 1)
    return place < 0
  })
}

/** A rule's own words are among the arguments of its run, or stand in the text of its form. */
function intervalsOf(store: Store, { targets, frontends }: RuleChoice): RuleInterval[] {
  const words = new Set([
    ...targets,
    ...[...frontends].flatMap((frontend) => {
      const [, port = '', address = ''] = frontend.split(' ')
      return address === '*' ? [port] : [`${address}/32`, `${address}/128`]
    })
  ])
  if (words.size === 0) return []
  const rows = store
    .prepare(`SELECT r.id, r.since, r.until, r.rank, r.text, r.protocol, r.destination, r.destination_ports AS destinationPorts, r.target,
      r.to_destination AS toDestination, r.probability, n.collection, n.table_name AS "table", n.chain, n.kind, n.hash
    FROM _chain_name n JOIN _run x ON x.chain = n.id CROSS JOIN _rule r ON r.run = x.id
    WHERE n.kind IN (SELECT value FROM json_each(@kinds))
      AND (EXISTS (SELECT 1 FROM json_each(x.arguments) a WHERE a.value IN (SELECT value FROM json_each(@words)))
        OR x.shape IN (SELECT s.shape FROM _shape_rule s JOIN _rule_form f ON f.id = s.form JOIN json_each(@words) w ON instr(f.text, w.value)))`)
    .all({ words: JSON.stringify([...words]), kinds: JSON.stringify([...DISPATCHING]) }) as RuleInterval[]
  return rows.filter((rule) => targets.has(rule.target ?? '') || frontends.has(frontendOf(rule.kind, rule) ?? ''))
}
