import type { StoredRule } from './chain-rules.ts'
import { commonOrder } from './sequence.ts'

/**
 * Of the same rules in two orders those whose place changed in a way that can matter. Two rules' order cannot matter
 * where no packet matches both (another protocol, destination port or destination) or where both end the packet alike.
 */
export function movedRules(
  before: readonly StoredRule[],
  after: readonly StoredRule[]
): { removed: StoredRule[]; added: StoredRule[] } {
  const endings = new Set(before.map(ending))
  if (endings.size <= 1 && !endings.has(undefined)) return { removed: [], added: [] }
  const [was, is] = [new Scopes(before), new Scopes(after)]
  const removed = new Set<StoredRule>()
  const added = new Set<StoredRule>()
  for (const scope of was.all()) {
    const [old, now] = [was.holding(scope), is.holding(scope)]
    const common = commonOrder(
      old.map(({ text }) => text),
      now.map(({ text }) => text)
    )
    const [stayed, remained] = [new Set(common.map(([place]) => place)), new Set(common.map(([, place]) => place))]
    old.forEach((rule, place) => stayed.has(place) || removed.add(rule))
    now.forEach((rule, place) => remained.has(place) || added.add(rule))
  }
  return { removed: [...removed], added: [...added] }
}

/** How a rule ends a packet's way, where it surely does. */
function ending({ text }: StoredRule): string | undefined {
  return /(?:^| )-j ((?:ACCEPT|DROP|REJECT)(?: --[\w-]+ [\w-]+)*)$/.exec(text)?.[1]
}

/** Which packets a rule may match, as far as one can tell exactly; `*` for any. */
interface Scope {
  /** `tcp 80` */
  readonly port: string
  readonly host: string
}

function scopeOf({ protocol, destination, destinationPorts }: StoredRule): Scope {
  const isExactPort = /^\d+$/.test(destinationPorts ?? '') && /^\w+$/.test(protocol ?? '')
  const isExactHost = /^[\da-f.:]+\/(?:32|128)$/.test(destination ?? '')
  return { port: isExactPort ? `${protocol} ${destinationPorts}` : '*', host: isExactHost ? destination! : '*' }
}

/** The rules of a chain by the packets they may match. */
class Scopes {
  private readonly scopes = new Map<string, Scope>()
  private readonly rules = new Map<string, { rule: StoredRule; place: number }[]>()

  constructor(rules: readonly StoredRule[]) {
    rules.forEach((rule, place) => {
      const scope = scopeOf(rule)
      this.scopes.set(keyOf(scope), scope)
      const known = this.rules.get(keyOf(scope))
      if (known) known.push({ rule, place })
      else this.rules.set(keyOf(scope), [{ rule, place }])
    })
  }

  /** Every scope of a rule, and where a rule for all hosts meets one for all ports, what both match. */
  all(): Scope[] {
    const scopes = [...this.scopes.values()]
    const anyHost = scopes.filter(({ port, host }) => host === '*' && port !== '*')
    const anyPort = scopes.filter(({ port, host }) => port === '*' && host !== '*')
    return [...scopes, ...anyHost.flatMap(({ port }) => anyPort.map(({ host }) => ({ port, host })))]
  }

  /** The rules that match all packets of the scope, as far as one can tell, in their order: no two of them commute. */
  holding({ port, host }: Scope): StoredRule[] {
    const keys = new Set([port, '*'].flatMap((each) => [host, '*'].map((other) => keyOf({ port: each, host: other }))))
    const found = [...keys].flatMap((key) => this.rules.get(key) ?? [])
    return found.sort((a, b) => a.place - b.place).map(({ rule }) => rule)
  }
}

function keyOf({ port, host }: Scope): string {
  return `${port} ${host}`
}
