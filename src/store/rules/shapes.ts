import type { Store } from '../open.ts'
import { type ListedChain, rulesOf } from './listed-chain.ts'
import type { Form, RuleForms } from './rule-forms.ts'
import { argumentsOf, type Token, tokensOf } from './shape-text.ts'

/** Rules of one chain that are kept in one row. */
export type RunText = Pick<ListedChain, 'name' | 'size' | 'source' | 'from' | 'to' | 'splits'>

export interface ShapedRun {
  readonly shape: number
  /** JSON list; null for none. */
  readonly arguments: string | null
}

interface Shape {
  readonly id: number
  readonly tokens: readonly Token[]
}

/** How many shapes of one size are tried before a run is taken apart rule by rule. */
const TRIED = 8

/** The shapes that runs of rules are kept in: the next endpoint's chain is like this one but for its arguments. */
export class Shapes {
  private readonly store: Store
  private readonly forms: RuleForms
  private readonly known = new Map<string, Shape>()
  /** By the number of rules; the one that fitted last comes first. */
  private readonly recent = new Map<number, Shape[]>()
  private readonly insert
  private readonly insertRule

  constructor(store: Store, forms: RuleForms) {
    this.store = store
    this.forms = forms
    this.insert = store.prepare('INSERT INTO _shape (forms) VALUES (?)')
    this.insertRule = store.prepare('INSERT INTO _shape_rule (shape, place, form, first) VALUES (?, ?, ?, ?)')
  }

  /** `label`: of the chain. */
  of(run: RunText, label: string | null): ShapedRun {
    const recent = this.recent.get(run.size) ?? []
    for (let index = 0; index < recent.length; index++) {
      const shape = recent[index]!
      const args = argumentsOf(shape.tokens, run, label)
      if (!args) continue
      if (index > 0) recent.unshift(...recent.splice(index, 1))
      return { shape: shape.id, arguments: listText(args) }
    }
    const read = rulesOf(run).map((rule) => this.forms.of(rule, label))
    const shape = this.withForms(read.map(({ form }) => form))
    this.recent.set(run.size, [shape, ...recent.filter((other) => other !== shape)].slice(0, TRIED))
    return { shape: shape.id, arguments: listText(read.flatMap(({ args }) => args)) }
  }

  private withForms(forms: readonly Form[]): Shape {
    const key = JSON.stringify(forms.map(({ id }) => id))
    let shape = this.known.get(key)
    if (!shape) {
      const stored = this.store.prepare('SELECT id FROM _shape WHERE forms = ?').pluck().get(key) as number | undefined
      shape = { id: stored ?? this.create(key, forms), tokens: tokensOf(forms) }
      this.known.set(key, shape)
    }
    return shape
  }

  private create(key: string, forms: readonly Form[]): number {
    const id = Number(this.insert.run(key).lastInsertRowid)
    let first = 0
    for (const [place, form] of forms.entries()) {
      this.insertRule.run(id, place, form.id, first)
      first += form.arguments
    }
    return id
  }
}

/** No argument holds a quote that is not behind a backslash. */
function listText(args: readonly string[]): string | null {
  if (args.length === 0) return null
  let text = '["'
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!
    if (arg.includes('\\')) return JSON.stringify(args)
    text += index === 0 ? arg : `","${arg}`
  }
  return `${text}"]`
}
