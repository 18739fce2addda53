import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'
import { fillNamed } from '../computed.ts'
import { prepareReading } from '../sql/reading.ts'
import { withCauses } from './causes.ts'
import { type Gap, gapFinder } from './coverage.ts'
import type { Check } from './definition.ts'
import type { CheckResult, Finding } from './finding.ts'
import { gapNames, gapsByNode } from './gap-names.ts'
import { copyViews } from './tables.ts'
import { untoldFinder } from './untold.ts'

/** Runs checks on the one snapshot the store is scoped to. Throws: UserError for a check that SQLite refuses. */
export function runChecks(store: Store, snapshot: string, checks: readonly Check[]): CheckResult[] {
  copyViews(store, snapshot)
  fillNamed(store, () => [snapshot], checks.map(({ sql }) => sql.replaceAll(/^--.*$/gm, '')).join('\n'))
  const gaps = gapFinder(store)
  const untold = untoldFinder(store)
  return withCauses(
    checks.map((check) => {
      const unseen = [...gaps(check.needs), ...untold(check)]
      return { check, findings: findingsOf(store, check, unseen), explained: [], gaps: unseen }
    })
  )
}

/** What the findings of a check with gaps are unsure of; '' without. */
function lacking(everywhere: readonly Gap[], there: readonly Gap[] = []): string {
  const names = gapNames(everywhere, there)
  return names === '' ? '' : `not seen: ${names}`
}

/** What a finding at a node is unsure of. Each text is put together once: there may be as many findings as gaps. */
function doubtsByNode(gaps: readonly Gap[]): (node: string | null) => string {
  const everywhere = gaps.filter(({ onlyThere }) => !onlyThere)
  const there = gapsByNode(gaps.filter(({ onlyThere }) => onlyThere))
  const [ofAny, ofAll] = [lacking(everywhere), lacking(gaps)]
  return (node) => {
    if (node === null) return ofAll
    const its = there.get(node)
    return its === undefined ? ofAny : lacking(everywhere, its)
  }
}

type Row = { [column: string]: string | number | null }

/** `gaps`: what findings are unsure of. Throws: UserError for a check that SQLite refuses. */
export function findingsOf(store: Store, check: Check, gaps: readonly Gap[]): Finding[] {
  let rows: Row[]
  try {
    rows = prepareReading(store, check.sql).all() as Row[]
  } catch (error) {
    throw new UserError(`${check.file}: ${(error as Error).message}`, { cause: error })
  }
  const lacks = doubtsByNode(gaps)
  return rows.map(({ object, node = null, message, unsure = '', ...evidence }) => {
    // A sentence with a value that the snapshot does not tell is NULL: then the title has to do.
    if (typeof object !== 'string' || (typeof message !== 'string' && message !== null)) {
      throw new UserError(`${check.file}: its query must return the text columns object and message`)
    }
    const doubts = [String(unsure ?? ''), lacks(node === null ? null : String(node))].filter(Boolean).join('; ')
    return {
      code: check.code,
      severity: check.severity,
      object,
      node: node === null ? null : String(node),
      message: message ?? check.title,
      unsure: doubts,
      evidence
    }
  })
}
