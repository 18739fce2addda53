import { SEVERITIES, type Check } from '../ask/check/definition.ts'
import type { CheckResult } from '../ask/check/run.ts'
import { UserError } from '../problem.ts'
import { findingRows } from '../report/findings/rows.ts'
import { findingText } from '../report/findings/text.ts'
import { print } from './print.ts'

/** Throws: UserError for a code there is no check of. */
export function chooseChecks(checks: readonly Check[], codes: readonly string[]): readonly Check[] {
  const unknown = codes.find((code) => !checks.some((check) => check.code === code.toUpperCase()))
  if (unknown) throw new UserError(`check: no check ${unknown}; there are ${checks.map((check) => check.code).join(', ')}`)
  return codes.length === 0 ? checks : checks.filter((check) => codes.some((code) => code.toUpperCase() === check.code))
}

export function printResults(snapshot: string, results: readonly CheckResult[], format: string): void {
  if (format === 'table') process.stdout.write(findingText(snapshot, results))
  else print(findingRows(snapshot, results), format)
}

export function isFound(results: readonly CheckResult[], failOn: string): boolean {
  const limit = SEVERITIES.indexOf(failOn as (typeof SEVERITIES)[number])
  return results.some(({ findings }) => findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= limit))
}
