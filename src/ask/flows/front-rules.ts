import { chainKind } from '../../model/chain-kinds.ts'
import type { BothBackends, Family, RuleChain, Rules } from '../../model/packet/packet.ts'
import { backendOf } from '../trace/stored-rules.ts'
import type { DumpPart, WholeChain } from '../../store/rules/read.ts'

/** A node's whole rules, and a way to let go of what belongs to one Service only. */
export interface FrontRules {
  readonly rules: Rules | BothBackends
  /** Forgets the compiled chains of the Service just asked about: kept, a hundred thousand of them cost more than making them. */
  forget(): void
}

interface WholeDump {
  readonly chains: ReadonlyMap<string, ReadonlyMap<string, WholeChain>>
  readonly part: Pick<DumpPart, 'status' | 'backend'>
}

/** One dump, or those of both backends. */
export function frontRules(dumps: readonly WholeDump[], family: Family): FrontRules {
  const owned = new Map<string, RuleChain | undefined>()
  const [first, second] = dumps.map((dump, index) => rulesOf(dump, family, owned, index))
  return { rules: second ? [first!, second] : first!, forget: () => owned.clear() }
}

/** In a dump that is whole, a table that is not there is absent, not unknown. */
function rulesOf({ chains: tables, part }: WholeDump, family: Family, owned: Map<string, RuleChain | undefined>, index: number): Rules {
  const common = new Map<string, RuleChain | undefined>()
  return {
    family,
    ...backendOf(part),
    table: (name) => (tables.has(name) ? 'present' : part.status === 'complete' ? 'absent' : 'unknown'),
    chain: (table, name) => {
      const key = `${index} ${table} ${name}`
      const cache = name.startsWith('KUBE-') && chainKind(name).hash !== null ? owned : common
      if (!cache.has(key)) cache.set(key, ruleChain(tables.get(table)?.get(name)))
      return cache.get(key)
    }
  }
}

function ruleChain(chain: WholeChain | undefined): RuleChain | undefined {
  if (!chain) return undefined
  const rules = chain.rules.sort((a, b) => a.rank - b.rank)
  return { policy: chain.policy, complete: chain.complete, rules: rules.map(({ text }) => text) }
}
