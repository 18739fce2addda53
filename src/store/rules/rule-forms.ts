import type { RuleColumns } from '../../model/rule-columns.ts'
import type { Store } from '../open.ts'
import { type FormText, readForm } from './form-text.ts'

export interface Form {
  readonly id: number
  readonly text: string
  /** How many it has; none for a rule that is its own form. */
  readonly arguments: number
  readonly labelled: boolean
}

/** The columns of _rule_form that may end in an argument. */
const COLUMNS: readonly [column: string, key: keyof RuleColumns][] = [
  ['source', 'source'],
  ['destination', 'destination'],
  ['in_interface', 'inInterface'],
  ['out_interface', 'outInterface'],
  ['destination_ports', 'destinationPorts'],
  ['target', 'target'],
  ['to_destination', 'toDestination'],
  ['probability', 'probability']
]

/** What _rule_form keeps of a form, by column. */
export function formRow(read: FormText): { readonly [column: string]: string | number | null } {
  const columns = read.columns()
  const ends = COLUMNS.flatMap(([column, key]) => [
    [column, columns[key].text],
    [`${column}_argument`, columns[key].argument]
  ])
  return {
    text: read.text,
    arguments: read.args.length,
    labelled: Number(read.labelled),
    protocol: columns.protocol.text,
    is_goto: Number(columns.isGoto.text),
    not_understood: columns.notUnderstood.text,
    ...Object.fromEntries(ends)
  }
}

/**
 * The forms that rules are kept in. Nearly all rules of a dump are alike but for an address, a port, a chain and a
 * comment: those are arguments, the rest is kept once and parsed once.
 */
export class RuleForms {
  private readonly known = new Map<string, Form>()
  private readonly byId = new Map<number, Form>()
  private readonly columns: readonly string[]
  private readonly insert

  constructor(store: Store) {
    const names = COLUMNS.flatMap(([column]) => [column, `${column}_argument`])
    this.columns = ['text', 'arguments', 'labelled', 'protocol', 'is_goto', 'not_understood', ...names]
    this.insert = store.prepare(
      `INSERT INTO _rule_form (${this.columns.join(', ')}) VALUES (${this.columns.map(() => '?').join(', ')})`
    )
    for (const form of store.prepare('SELECT id, text, arguments, labelled FROM _rule_form').all() as (Omit<
      Form,
      'labelled'
    > & { labelled: number })[]) {
      this.add({ ...form, labelled: form.labelled === 1 })
    }
  }

  get(id: number): Form {
    return this.byId.get(id)!
  }

  of(rule: string, label: string | null): { readonly form: Form; readonly args: readonly string[] } {
    const read = readForm(rule, label)
    const form = this.known.get(keyOf({ ...read, arguments: read.args.length })) ?? this.create(read)
    return { form, args: read.args }
  }

  private create(read: FormText): Form {
    const row = formRow(read)
    const { lastInsertRowid } = this.insert.run(this.columns.map((column) => row[column]))
    return this.add({
      id: Number(lastInsertRowid),
      text: read.text,
      arguments: read.args.length,
      labelled: read.labelled
    })
  }

  private add(form: Form): Form {
    this.known.set(keyOf(form), form)
    this.byId.set(form.id, form)
    return form
  }
}

function keyOf({ text, arguments: count, labelled }: Omit<Form, 'id'>): string {
  return `${count} ${labelled ? 1 : 0} ${text}`
}
