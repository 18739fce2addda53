import { readFileSync, writeFileSync } from 'node:fs'
import { loadChecks } from '../ask/check/catalogue.ts'
import { SEVERITIES, type Check } from '../ask/check/definition.ts'
import { fingerprint } from '../ask/check/fingerprint.ts'
import { runChecks, type CheckResult } from '../ask/check/run.ts'
import { expired, isSuppressed, readSuppressions, withoutFindings } from '../ask/check/suppress.ts'
import { scopeTo } from '../ask/sql/scope.ts'
import { UserError } from '../problem.ts'
import { findingJunit } from '../report/findings/junit.ts'
import { findingMetrics } from '../report/findings/prometheus.ts'
import { findingRows } from '../report/findings/rows.ts'
import { findingSarif } from '../report/findings/sarif.ts'
import { findingText } from '../report/findings/text.ts'
import { asking, findSnapshot } from './asking.ts'
import { EXIT } from './exit-codes.ts'
import { keepRuns } from './keeping-runs.ts'
import { nearest } from './nearest.ts'
import { print, talk } from './print.ts'

export interface CheckArguments {
  readonly codes?: string[]
  readonly store: string
  readonly snapshot: string
  readonly checks?: string[]
  readonly 'fail-on': string
  readonly suppress?: string
  readonly 'new-since'?: string
  readonly baseline?: string
  readonly 'write-baseline'?: string
  readonly output: string
  /** Prints nothing unless there is a finding that counts. */
  readonly quiet?: boolean
}

/** How findings are printed, beside the formats of all tables. */
const FORMATS: Record<string, (snapshot: string, results: readonly CheckResult[]) => string> = {
  table: findingText, junit: findingJunit, sarif: findingSarif, prometheus: findingMetrics
}

export async function checkSnapshot(args: CheckArguments): Promise<void> {
  const codes = args.codes ?? []
  const checks = chooseChecks('check', loadChecks(args.checks ?? []), codes)
  const { snapshot, results } = await resultsOf(args.store, args.snapshot, checks)
  // A check of the user's own may bear the code of one of ours and look for something else.
  if (args.checks === undefined) keepRuns(args.store, snapshot, results)
  if (args['write-baseline'] !== undefined) writeBaseline(args['write-baseline'], results)
  const left = await withoutKnown(args, snapshot, checks, results)
  const found = isFound(left, args['fail-on'])
  if (args.quiet === true && !found) return
  const format = FORMATS[args.output]
  if (format) process.stdout.write(format(snapshot, left))
  else print(findingRows(snapshot, left), args.output)
  if (found) process.exitCode = EXIT.found
  // Asked by name, a check that could not see everything has not answered.
  else if (codes.length > 0 && left.some(({ gaps }) => gaps.length > 0)) process.exitCode = EXIT.partial
}

/** Throws: UserError for a code there is no check of. */
export function chooseChecks(command: string, checks: readonly Check[], codes: readonly string[]): readonly Check[] {
  const known = checks.map((check) => check.code)
  const unknown = codes.find((code) => !known.includes(code.toUpperCase()))
  if (unknown) throw new UserError(`${command}: no check ${unknown}; did you mean ${nearest(unknown.toUpperCase(), known).join(', ')}? "snap checks" lists all`)
  return codes.length === 0 ? checks : checks.filter((check) => codes.some((code) => code.toUpperCase() === check.code))
}

function resultsOf(store: string, phrase: string, checks: readonly Check[]): Promise<{ snapshot: string; results: CheckResult[] }> {
  return asking(store, async (opened) => {
    const { name } = await findSnapshot(opened, phrase)
    scopeTo(opened, name)
    return { snapshot: name, results: runChecks(opened, name, checks) }
  })
}

/** Leaves out what is suppressed, in the baseline, or stood in an earlier snapshot, and says how much that is. */
async function withoutKnown(args: CheckArguments, snapshot: string, checks: readonly Check[], results: CheckResult[]): Promise<CheckResult[]> {
  let left = results
  const drop = (known: ReadonlySet<string>, why: string): void => {
    const { results: kept, dropped } = withoutFindings(left, (finding) => known.has(fingerprint(finding)))
    if (dropped > 0) talk(`check: ${dropped} findings left out: ${why}`)
    left = kept
  }
  if (args.suppress !== undefined) left = suppressed(args.suppress, snapshot, left)
  if (args.baseline !== undefined) drop(readBaseline(args.baseline), `they are in the baseline ${args.baseline}`)
  if (args['new-since'] !== undefined) {
    const before = await resultsOf(args.store, args['new-since'], checks)
    drop(fingerprints(before.results), `they stood in ${before.snapshot} too`)
  }
  return left
}

function suppressed(file: string, snapshot: string, results: CheckResult[]): CheckResult[] {
  const day = snapshot.slice(0, 10)
  const suppressions = readSuppressions(readText(file), file)
  for (const { place, until, code, object } of expired(suppressions, day)) talk(`${place}: ${code} ${object} ended on ${until} and does not count`)
  const { results: left, dropped } = withoutFindings(results, (finding) => isSuppressed(finding, suppressions, day))
  if (dropped > 0) talk(`check: ${dropped} findings left out: suppressed by ${file}`)
  return left
}

function fingerprints(results: readonly CheckResult[]): Set<string> {
  return new Set(results.flatMap(({ findings }) => findings.map(fingerprint)))
}

/** One line a finding: its fingerprint, and what it is for whoever reads the file. */
function writeBaseline(file: string, results: readonly CheckResult[]): void {
  const lines = results.flatMap(({ findings }) => findings.map((finding) => `${fingerprint(finding)} ${finding.code} ${finding.object} ${finding.node ?? ''}`.trimEnd()))
  try {
    writeFileSync(file, [...new Set(lines)].sort().map((line) => `${line}\n`).join(''))
  } catch (error) {
    throw new UserError(`${file}: cannot be written: ${(error as Error).message}`, { cause: error })
  }
}

function readBaseline(file: string): Set<string> {
  const lines = readText(file).split('\n').filter((line) => line.trim() !== '')
  const strange = lines.findIndex((line) => !/^[0-9a-f]{16}( |$)/.test(line))
  if (strange >= 0) throw new UserError(`${file}:${strange + 1}: is no line of a baseline; make one with "snap check --write-baseline"`)
  return new Set(lines.map((line) => line.slice(0, 16)))
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`${file}: cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

function isFound(results: readonly CheckResult[], failOn: string): boolean {
  const limit = SEVERITIES.indexOf(failOn as (typeof SEVERITIES)[number])
  return results.some(({ findings }) => findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= limit))
}
