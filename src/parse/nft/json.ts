/** `nft -j list ruleset`, of any release (libnftables-json(5)). Throws a SyntaxError when the text is no JSON. */

import { readElementJson } from './json-expression.ts'
import { readStatementJson } from './json-statement.ts'
import { asArray, asNumber, asObject, asString, type JsonObject, listOf } from './json-value.ts'
import type { BaseHook, NftChain, NftObject, NftRule, NftSet, NftTable, Ruleset, RulesetProblem } from './ruleset.ts'

interface OpenTable extends Omit<NftTable, 'chains' | 'objects' | 'unread'> {
  readonly chains: Map<string, OpenChain>
  readonly sets: Map<string, NftSet>
  readonly objects: NftObject[]
  readonly unread: RulesetProblem[]
}

interface OpenChain extends NftChain {
  readonly rules: NftRule[]
}

export function readRulesetJson(text: string): Ruleset {
  const list = asArray(asObject(JSON.parse(text))?.nftables)
  if (!list) return { tables: [], problems: [{ text: 'no list "nftables"' }], complete: true }
  const reader = new JsonReader()
  for (const item of list) reader.item(item)
  return { tables: [...reader.tables.values()], problems: reader.problems, complete: true }
}

class JsonReader {
  readonly tables = new Map<string, OpenTable>()
  readonly problems: RulesetProblem[] = []

  item(item: unknown): void {
    const entry = Object.entries(asObject(item) ?? {})[0]
    const value = asObject(entry?.[1])
    if (!entry || !value) return void this.problems.push({ text: JSON.stringify(item) ?? '' })
    const [kind] = entry
    if (kind === 'metainfo') return
    if (kind === 'table') return void this.table(value)
    const table = this.tables.get(`${asString(value.family)} ${asString(value.table)}`)
    if (!table) return void this.problems.push({ text: JSON.stringify(item) })
    if (!this.inTable(table, kind, value)) table.unread.push({ text: JSON.stringify(item) })
  }

  private table(value: JsonObject): void {
    const [family, name] = [asString(value.family), asString(value.name)]
    if (family === undefined || name === undefined) return void this.problems.push({ text: JSON.stringify(value) })
    this.tables.set(`${family} ${name}`, {
      family,
      name,
      ...named(value),
      flags: flagsOf(value.flags),
      managedByIptables: false,
      chains: new Map(),
      sets: new Map(),
      objects: [],
      unread: []
    })
  }

  private inTable(table: OpenTable, kind: string, value: JsonObject): boolean {
    const name = asString(value.name)
    if (kind === 'rule') return this.rule(table, value)
    if (name === undefined) return kind === 'element'
    if (kind === 'chain') return this.chain(table, name, value)
    if (kind === 'set' || kind === 'map' || kind === 'meter') return this.set(table, kind, name, value)
    const { family: _family, table: _table, name: _name, handle, ...json } = value
    table.objects.push({ kind, name, ...(typeof handle === 'number' && { handle }), json })
    return true
  }

  private chain(table: OpenTable, name: string, value: JsonObject): boolean {
    const hook = asString(value.hook)
    const base = hook === undefined ? undefined : baseOf(hook, value)
    if (hook !== undefined && !base) return false
    table.chains.set(name, { name, ...named(value), ...(base && { base }), rules: [] })
    return true
  }

  private rule(table: OpenTable, value: JsonObject): boolean {
    const chain = table.chains.get(asString(value.chain) ?? '')
    if (!chain) return false
    const { comment, ...rest } = named(value)
    chain.rules.push({
      statements: (asArray(value.expr) ?? []).map(readStatementJson),
      ...(comment !== undefined && { comment }),
      ...rest
    })
    return true
  }

  private set(table: OpenTable, kind: NftSet['kind'], name: string, value: JsonObject): boolean {
    const type = typeOf(value.type)
    const data = typeOf(value.map)
    if (type === undefined) return false
    const number = (key: string, as: string) => (asNumber(value[key]) === undefined ? {} : { [as]: value[key] })
    table.sets.set(name, {
      kind,
      name,
      ...named(value),
      type,
      typeOf: typeof value.type === 'object' && !Array.isArray(value.type),
      ...(data !== undefined && { data }),
      flags: flagsOf(value.flags),
      ...number('timeout', 'timeout'),
      ...number('gc-interval', 'garbageCollection'),
      ...number('size', 'size'),
      ...(typeof value.policy === 'string' && { policy: value.policy }),
      autoMerge: value['auto-merge'] === true,
      statements: (asArray(value.stmt) ?? []).map(readStatementJson),
      elements: (asArray(value.elem) ?? []).map(readElementJson)
    })
    return true
  }
}

function named(value: JsonObject): { readonly comment?: string; readonly handle?: number } {
  const { comment, handle } = value
  return {
    ...(typeof handle === 'number' && { handle }),
    ...(typeof comment === 'string' && { comment })
  }
}

/** One flag is not always a list. */
function flagsOf(value: unknown): string[] {
  return listOf(value).filter((flag) => typeof flag === 'string')
}

/** `"ipv4_addr . inet_service"`, `["ipv4_addr", "inet_service"]`; nft 1.1.2 on: `{"typeof": …}`. */
function typeOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.join(' . ')
  return value === undefined ? undefined : JSON.stringify(value)
}

function baseOf(hook: string, value: JsonObject): BaseHook | undefined {
  const [type, priority, policy] = [asString(value.type), asNumber(value.prio), asString(value.policy)]
  if (type === undefined || priority === undefined) return undefined
  const devices = listOf(value.dev).filter((device) => typeof device === 'string')
  return { type, hook, priority, devices, ...(policy !== undefined && { policy }), flags: flagsOf(value.flags) }
}
