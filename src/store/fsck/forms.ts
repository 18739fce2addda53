import type { Store } from '../open.ts'
import { readForm } from '../rules/form-text.ts'
import { formRow } from '../rules/rule-forms.ts'
import type { StoreProblem } from './problem.ts'

/** Columns and shapes of rules, which are made from the rules' text: made again from one rule of each form. */
export function formProblems(store: Store): StoreProblem[] {
  return [...shapeProblems(store), ...runProblems(store), ...columnProblems(store)]
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

/** What is read by nobody is not there: arguments that no rule asks for, and what the first run of a chain says, on another. */
function runProblems(store: Store): StoreProblem[] {
  const count = store
    .prepare(
      `WITH size AS MATERIALIZED (SELECT s.shape, sum(f.arguments) AS arguments FROM _shape_rule s JOIN _rule_form f ON f.id = s.form GROUP BY s.shape)
       SELECT count(*) FROM _run r LEFT JOIN size z ON z.shape = r.shape
       WHERE iif(r.arguments IS NULL, 0, iif(json_valid(r.arguments), json_array_length(r.arguments), -1)) <> coalesce(z.arguments, 0)
         OR r.rules IS NULL AND (r.complete IS NOT NULL OR r.policy IS NOT NULL OR r.content IS NOT NULL)`
    )
    .pluck()
    .get() as number
  return count > 0 ? [{ object: 'table _run', message: `${count} rows hold what their rules do not ask for` }] : []
}

type Cells = { readonly [column: string]: unknown }

function columnProblems(store: Store): StoreProblem[] {
  const forms = new Map(
    (store.prepare('SELECT * FROM _rule_form').all() as ({ id: number } & Cells)[]).map((form) => [form.id, form])
  )
  const rules = store
    .prepare(
      `WITH one AS MATERIALIZED (SELECT min(id) AS run, shape FROM _run GROUP BY shape)
       SELECT s.form, r.text, n.label
       FROM one JOIN _shape_rule s ON s.shape = one.shape JOIN _rule r ON r.run = one.run AND r.place = s.place
       JOIN _chain_name n ON n.id = r.chain GROUP BY s.form`
    )
    .all() as { form: number; text: string | null; label: string | null }[]
  return rules
    .filter(({ form, text, label }) => !isRight(forms.get(form) ?? {}, formRow(readForm(text ?? '', label))))
    .map(({ form, text }) => ({
      object: `rule form ${form}`,
      message: `its columns are not those of its rules: ${text}`
    }))
}

function isRight(stored: Cells, right: Cells): boolean {
  return Object.entries(right).every(([column, value]) => stored[column] === value)
}
