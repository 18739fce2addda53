import { readFileSync, writeFileSync } from 'node:fs'
import { runAssertions } from '../ask/check/assert.ts'
import { absorbing, baselineText, countFingerprints, readBaseline, type Baseline } from '../ask/check/baseline.ts'
import { loadAssertions, loadChecks } from '../ask/check/catalogue.ts'
import { SEVERITIES, type Check } from '../ask/check/definition.ts'
import { runChecks, type CheckResult, type Finding } from '../ask/check/run.ts'
import { expired, isSuppressed, readSuppressions, withoutFindings } from '../ask/check/suppress.ts'
import { checksAboutNodes, nodesKnown } from '../ask/report/about-nodes.ts'
import { scopeTo } from '../ask/sql/scope.ts'
import { UserError } from '../problem.ts'
import { findingAnnotations } from '../report/findings/github.ts'
import { findingJunit } from '../report/findings/junit.ts'
import type { MatrixNodes } from '../report/findings/matrix-text.ts'
import { findingMetrics } from '../report/findings/prometheus.ts'
import { findingRows } from '../report/findings/rows.ts'
import { findingSarif } from '../report/findings/sarif.ts'
import { findingText } from '../report/findings/text.ts'
import { asking, findSnapshot } from './asking.ts'
import { EXIT } from './exit-codes.ts'
import { keepRuns } from './keeping-runs.ts'
import { nearest } from './nearest.ts'
import { progress } from './progress.ts'
import { sayIfSame } from './same-snapshot.ts'
import { print, printText, talk, write } from './print.ts'
import { textWidth } from './terminal.ts'
import { plural } from '../report/diff/words.ts'

export interface CheckArguments {
  readonly codes?: string[]
  readonly store: string
  readonly snapshot: string
  readonly checks?: string[]
  readonly before?: string
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
  junit: findingJunit, sarif: findingSarif, prometheus: findingMetrics, github: findingAnnotations
}

export async function checkSnapshot(args: CheckArguments): Promise<void> {
  const codes = args.codes ?? []
  const checks = chooseChecks('check', (args.before === undefined ? loadChecks : loadAssertions)(args.checks ?? []), codes)
  const { snapshot, results, byNode } = args.before === undefined
    ? await resultsOf(args.store, args.snapshot, checks)
    : await assertionsOf(args.store, { before: args.before, after: args.snapshot }, checks)
  // A check of the user's own may bear the code of one of ours and look for something else.
  if (args.checks === undefined && args.before === undefined) keepRuns(args.store, snapshot, results)
  const left = await withoutKnown(args, snapshot, checks, results)
  const found = isFound(left, args['fail-on'])
  if (args.quiet === true && !found) return
  const format = FORMATS[args.output]
  if (args.output === 'table') printText(findingText(snapshot, left, { width: textWidth(), ...(byNode && { byNode }) }))
  else if (format) write(format(snapshot, left))
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

interface Checked {
  readonly snapshot: string
  readonly results: CheckResult[]
  /** Absent where two snapshots are compared: no finding on a node then says nothing of the node. */
  readonly byNode?: MatrixNodes
}

function resultsOf(store: string, phrase: string, checks: readonly Check[]): Promise<Checked> {
  return asking(store, async (opened) => {
    const { name } = await findSnapshot(opened, phrase)
    scopeTo(opened, name)
    progress(`${plural(checks.length, 'check')} on ${name}`)
    const results = runChecks(opened, name, checks)
    return { snapshot: name, results, byNode: { nodes: nodesKnown(opened), aboutNodes: checksAboutNodes(opened, checks) } }
  })
}

/** The same over two snapshots. */
function assertionsOf(store: string, { before, after }: { before: string; after: string }, checks: readonly Check[]): Promise<Checked> {
  return asking(store, async (earlier) => asking(store, async (later) => {
    const [first, second] = [await findSnapshot(earlier, before), await findSnapshot(later, after)]
    scopeTo(earlier, first.name)
    scopeTo(later, second.name)
    sayIfSame({ phrase: before, ...first }, { phrase: after, ...second })
    if (first.takenAt > second.takenAt) talk(`snap: ${first.name}, the one before, is later than ${second.name}: what was new looks as if it were gone`)
    return { snapshot: second.name, results: runAssertions({ before: { store: earlier, snapshot: first.name }, after: { store: later, snapshot: second.name } }, checks) }
  }))
}

/** Leaves out what is suppressed, in the baseline, or stood in an earlier snapshot, and says how much that is. */
async function withoutKnown(args: CheckArguments, snapshot: string, checks: readonly Check[], results: CheckResult[]): Promise<CheckResult[]> {
  const unsuppressed = args.suppress === undefined ? results : suppressed(args.suppress, snapshot, results, loadChecks(args.checks ?? []).concat(loadAssertions(args.checks ?? [])))
  if (args['write-baseline'] !== undefined) writeBaseline(args['write-baseline'], snapshot, unsuppressed)
  const listed = args.baseline === undefined ? unsuppressed : withoutListed(unsuppressed, readBaseline(args.baseline, readText(args.baseline)))
  if (args['new-since'] === undefined) return listed
  const before = await resultsOf(args.store, args['new-since'], checks)
  return withoutListed(listed, { known: countFingerprints(before.results), why: `they stood in ${before.snapshot} too` })
}

function withoutListed(results: CheckResult[], { known, why }: Baseline): CheckResult[] {
  return leftOut(withoutFindings(results, absorbing(known)), why)
}

function leftOut({ results, dropped }: { results: CheckResult[]; dropped: readonly Finding[] }, why: string): CheckResult[] {
  const split = SEVERITIES.map((severity) => [dropped.filter((finding) => finding.severity === severity).length, severity] as const).filter(([count]) => count > 0)
  if (dropped.length > 0) talk(`check: ${plural(dropped.length, 'finding')} left out (${split.map(([count, severity]) => `${count} ${severity}`).join(', ')}): ${why}`)
  return results
}

/** `all`: also the checks that were not asked for. */
function suppressed(file: string, snapshot: string, results: CheckResult[], all: readonly Check[]): CheckResult[] {
  const day = snapshot.slice(0, 10)
  const suppressions = readSuppressions(readText(file), file)
  for (const { place, until, code, object } of expired(suppressions, day)) talk(`snap: ${place}: ${code} ${object} ended on ${until} and does not count`)
  const known = all.map(({ code }) => code)
  for (const { place, code } of suppressions.filter((one) => one.code !== '*' && !known.includes(one.code))) {
    talk(`snap: ${place}: no check ${code}, so this line leaves nothing out; did you mean ${nearest(code.toUpperCase(), known, 1)[0]}?`)
  }
  return leftOut(withoutFindings(results, (finding) => isSuppressed(finding, suppressions, day)), `suppressed by ${file}`)
}

function writeBaseline(file: string, snapshot: string, results: readonly CheckResult[]): void {
  try {
    writeFileSync(file, baselineText(snapshot, results))
  } catch (error) {
    throw new UserError(`${file}: cannot be written: ${(error as Error).message}`, { cause: error })
  }
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
