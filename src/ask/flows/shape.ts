import { chainKind } from '../../model/chain-kinds.ts'
import type { WholeChain } from '../../store/rules/read.ts'

/** All that the rules do with packets to one address, with addresses and chain names numbered as they come. */
export interface Shape {
  /** Equal for addresses whose rules say the same of other addresses. */
  readonly text: string
  /** The address itself, then those its chains name. */
  readonly addresses: readonly string[]
}

interface PlacedRule {
  /** Table, chain, and how many rules without a single destination stand before it there. */
  readonly place: string
  readonly table: string
  readonly text: string
}

/**
 * kube-proxy writes the same rules for each Service with other addresses and names in them. What is the same but for
 * these needs following once.
 */
export class Shapes {
  private readonly byDestination = new Map<string, PlacedRule[]>()
  private readonly tables: ReadonlyMap<string, ReadonlyMap<string, WholeChain>>
  /** Single addresses that common chains name otherwise than by an own `-d`: of them nothing is said here. */
  private readonly special = new Set<string>()

  constructor(tables: ReadonlyMap<string, ReadonlyMap<string, WholeChain>>) {
    this.tables = tables
    for (const [table, chains] of tables) {
      for (const [name, chain] of chains) if (chainKind(name).hash === null) this.index(table, name, chain)
    }
  }

  private index(table: string, name: string, chain: WholeChain): void {
    let general = 0
    for (const { text } of sorted(chain)) {
      const destination = /^-d (\S+)\/(?:32|128) /.exec(text)?.[1]
      for (const [, address] of text.matchAll(/-[sd] (\S+)\/(?:32|128)(?= |$)/g)) if (address !== destination) this.special.add(address!)
      if (destination === undefined) general += 1
      else push(this.byDestination, destination, { place: `${table} ${name} ${general}`, table, text })
    }
  }

  of(address: string): Shape | undefined {
    if (this.special.has(address)) return undefined
    const numbered = new Numbered(address)
    const lines: string[] = []
    const seen = new Set<string>()
    const visit = (table: string, text: string): void => {
      lines.push(numbered.text(text))
      const target = /-[jg] (\S+)/.exec(text)?.[1]
      const key = `${table} ${target}`
      if (target === undefined || chainKind(target).hash === null || seen.has(key)) return
      seen.add(key)
      const chain = this.tables.get(table)?.get(target)
      lines.push(chain ? `${numbered.chain(target)} ${chain.complete}` : 'missing')
      for (const rule of chain ? sorted(chain) : []) visit(table, rule.text)
      lines.push('end')
    }
    for (const { place, table, text } of this.byDestination.get(address) ?? []) {
      lines.push(place)
      visit(table, text)
    }
    return { text: lines.join('\n'), addresses: numbered.addresses }
  }
}

/** Gives addresses and chains numbers in the order they are met. */
class Numbered {
  readonly addresses: string[]
  private readonly chains: string[] = []

  constructor(first: string) {
    this.addresses = [first]
  }

  text(rule: string): string {
    return rule
      .replace(/-m comment --comment (?:"(?:[^"\\]|\\.)*"|\S+) /, '')
      .replace(/(-[sd]) (\S+)\/(32|128)(?= |$)/g, (_, option: string, address: string) => `${option} ${this.number(this.addresses, address)}`)
      .replace(/--to-destination (?:\[([^\]]+)\]|([\d.]+))(?=:\d+$)/, (_, v6: string | undefined, v4: string) => `--to-destination ${this.number(this.addresses, v6 ?? v4)}`)
      .replace(/(-[jg]) (\S+)/, (_, option: string, target: string) => `${option} ${this.chain(target)}`)
  }

  chain(name: string): string {
    const { kind, hash } = chainKind(name)
    return hash === null ? name : `${kind} ${this.number(this.chains, name)}`
  }

  private number(known: string[], name: string): string {
    let at = known.indexOf(name)
    if (at < 0) at = known.push(name) - 1
    return `#${at}`
  }
}

/** By rank, in place: done again it costs nothing. */
function sorted({ rules }: WholeChain): WholeChain['rules'] {
  return rules.sort((a, b) => a.rank - b.rank)
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
