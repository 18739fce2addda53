import { chainKind } from '../../model/chain-kinds.ts'
import { evaluatedRule } from '../../model/packet/dump.ts'
import type { Family, RuleChain, Rules } from '../../model/packet/packet.ts'
import type { WholeChain } from '../../store/rules/read.ts'

/** A whole ruleset, and a way to let go of what belongs to one Service only. */
export interface FrontRules {
  readonly rules: Rules
  /** Forgets the compiled chains of the Service just asked about: kept, a hundred thousand of them cost more than making them. */
  forget(): void
}

/** `whole`: a table that is not there is absent, not unknown. */
export function frontRules(tables: ReadonlyMap<string, ReadonlyMap<string, WholeChain>>, family: Family, whole: boolean): FrontRules {
  const common = new Map<string, RuleChain | undefined>()
  const owned = new Map<string, RuleChain | undefined>()
  return {
    forget: () => owned.clear(),
    rules: {
      family,
      table: (name) => (tables.has(name) ? 'present' : whole ? 'absent' : 'unknown'),
      chain: (table, name) => {
        const key = `${table} ${name}`
        const cache = name.startsWith('KUBE-') && chainKind(name).hash !== null ? owned : common
        if (!cache.has(key)) cache.set(key, ruleChain(tables.get(table)?.get(name)))
        return cache.get(key)
      }
    }
  }
}

function ruleChain(chain: WholeChain | undefined): RuleChain | undefined {
  if (!chain) return undefined
  const rules = chain.rules.sort((a, b) => a.rank - b.rank)
  return { policy: chain.policy, complete: chain.complete, rules: rules.map(({ text }, index) => evaluatedRule(text, index + 1)) }
}
