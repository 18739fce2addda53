import { ruleColumns } from '../../model/rule-columns.ts'
import type { Store } from '../open.ts'
import type { StoreProblem } from './problem.ts'

/** Columns and shapes of rules, which are made from the rules' text: made again from one rule of each form. */
export function formProblems(store: Store): StoreProblem[] {
  return [...shapeProblems(store), ...columnProblems(store)]
}

function shapeProblems(store: Store): StoreProblem[] {
  const shapes = store
    .prepare(
      `SELECT h.id FROM _shape h WHERE h.forms IS NOT (
         SELECT json_group_array(form ORDER BY place) FROM (SELECT form, place FROM _shape_rule s WHERE s.shape = h.id))
       OR EXISTS (SELECT 1 FROM _shape_rule s WHERE s.shape = h.id AND s.first <> (
         SELECT coalesce(sum(f.arguments), 0) FROM _shape_rule b JOIN _rule_form f ON f.id = b.form WHERE b.shape = h.id AND b.place < s.place))`
    )
    .pluck()
    .all() as number[]
  return shapes.map((shape) => ({ object: `shape ${shape}`, message: 'its rules are not those of its list' }))
}

interface FormRow {
  readonly form: number
  readonly text: string | null
  readonly protocol: string | null
  readonly source: string | null
  readonly destination: string | null
  readonly in_interface: string | null
  readonly out_interface: string | null
  readonly destination_ports: string | null
  readonly target: string | null
  readonly is_goto: number | null
  readonly to_destination: string | null
  readonly probability: number | null
  readonly not_understood: string | null
}

function columnProblems(store: Store): StoreProblem[] {
  const rows = store
    .prepare(
      `WITH one AS MATERIALIZED (SELECT min(id) AS run, shape FROM _run GROUP BY shape)
       SELECT s.form, r.text, r.protocol, r.source, r.destination, r.in_interface, r.out_interface, r.destination_ports, r.target, r.is_goto,
         r.to_destination, r.probability, r.not_understood
       FROM one JOIN _shape_rule s ON s.shape = one.shape JOIN _rule r ON r.run = one.run AND r.place = s.place GROUP BY s.form`
    )
    .all() as FormRow[]
  return rows
    .filter((row) => !isRight(row))
    .map(({ form, text }) => ({
      object: `rule form ${form}`,
      message: `its columns are not those of its rules: ${text}`
    }))
}

function isRight(row: FormRow): boolean {
  const columns = ruleColumns(row.text ?? '')
  const right = [
    columns.protocol,
    columns.source,
    columns.destination,
    columns.inInterface,
    columns.outInterface,
    columns.destinationPorts,
    columns.target,
    columns.isGoto ? 1 : 0,
    columns.toDestination,
    Number.isNaN(columns.probability) ? null : columns.probability,
    columns.notUnderstood
  ]
  const stored = [
    row.protocol,
    row.source,
    row.destination,
    row.in_interface,
    row.out_interface,
    row.destination_ports,
    row.target,
    row.is_goto,
    row.to_destination,
    row.probability,
    row.not_understood
  ]
  return right.every((value, index) => value === stored[index])
}
