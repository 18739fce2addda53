import { runAssertions } from '../../../ask/check/assert.ts'
import { loadAssertions, loadChecks } from '../../../ask/check/catalogue.ts'
import { type Checked, compareResults } from '../../../ask/check/compare.ts'
import { type Check, SEVERITIES } from '../../../ask/check/definition.ts'
import type { CheckResult, Finding } from '../../../ask/check/finding.ts'
import { runChecks } from '../../../ask/check/run.ts'
import { isListed } from '../../../ask/intent/services.ts'
import { checksAboutNodes, nodesKnown } from '../../../ask/report/about-nodes.ts'
import { type ReportedSnapshot, snapshotsByTime } from '../../../ask/report/snapshots.ts'
import { standings } from '../../../ask/report/standing.ts'
import { apart, scopeTo } from '../../../ask/sql/scope.ts'
import { UserError } from '../../../problem.ts'
import { plural } from '../../../report/diff/words.ts'
import { findingAnnotations } from '../../../report/findings/github.ts'
import { findingJunit } from '../../../report/findings/junit.ts'
import type { MatrixNodes } from '../../../report/findings/matrix-text.ts'
import { findingMetrics } from '../../../report/findings/prometheus.ts'
import { findingRows } from '../../../report/findings/rows.ts'
import { findingSarif } from '../../../report/findings/sarif.ts'
import { findingText } from '../../../report/findings/text.ts'
import { type CheckedSnapshot, checkedSnapshot } from '../../../store/check-runs.ts'
import type { Store } from '../../../store/open.ts'
import { EXIT } from '../../exit-codes.ts'
import { nearest } from '../../nearest.ts'
import { asking, findSnapshot } from '../../store/asking.ts'
import { keepRuns } from '../../store/keeping-runs.ts'
import { sayIfSame } from '../../store/same-snapshot.ts'
import { print, printText, talk, write } from '../../terminal/print.ts'
import { progress } from '../../terminal/progress.ts'
import { textWidth } from '../../terminal/terminal.ts'
import { withoutKnown } from './known-findings.ts'

export interface CheckArguments {
  readonly codes?: string[]
  readonly store: string
  readonly snapshot: string
  readonly checks?: string[]
  readonly before?: string
  readonly 'fail-on': string
  readonly suppress?: string
  readonly compare?: string
  readonly 'new-since'?: string
  readonly baseline?: string
  readonly 'write-baseline'?: string
  readonly output: string
  /** Prints nothing unless there is a finding that counts. */
  readonly quiet?: boolean
}

/** How findings are printed, beside the formats of all tables. */
const FORMATS: Record<string, (snapshot: string, results: readonly CheckResult[]) => string> = {
  junit: findingJunit,
  sarif: findingSarif,
  prometheus: findingMetrics,
  github: findingAnnotations
}

export async function checkSnapshot(args: CheckArguments): Promise<void> {
  const codes = args.codes ?? []
  const checks = chooseChecks(
    'check',
    (args.before === undefined ? loadChecks : loadAssertions)(args.checks ?? []),
    codes
  )
  const { snapshot, results, byNode } =
    args.before === undefined
      ? await answersOf(args, checks)
      : await assertionsOf(args.store, { before: args.before, after: args.snapshot }, checks)
  const left = withoutKnown(args, snapshot, results)
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
  if (unknown)
    throw new UserError(
      `${command}: no check ${unknown}; did you mean ${nearest(unknown.toUpperCase(), known).join(', ')}? "snap checks" lists all`
    )
  return codes.length === 0 ? checks : checks.filter((check) => codes.some((code) => code.toUpperCase() === check.code))
}

interface Answers {
  readonly snapshot: string
  readonly results: readonly CheckResult[]
  /** Absent where two snapshots are compared: no finding on a node then says nothing of the node. */
  readonly byNode?: MatrixNodes
}

/** What the checks find in a snapshot, compared with an earlier one where that was asked for. What they found is kept when all is read. */
async function answersOf(args: CheckArguments, checks: readonly Check[]): Promise<Answers> {
  const { ran, ...answers } = await asking(args.store, async (store) => {
    const later = await runOn(store, args.snapshot, checks)
    const { snapshot, results } = later.checked
    const phrase = args.compare ?? args['new-since']
    if (phrase === undefined) return { snapshot, results, byNode: later.byNode, ran: [later] }
    const earlier = await runOn(store, phrase, checks)
    const since = standingSince(store, { phrase, ...earlier.checked }, { phrase: args.snapshot, ...later.checked })
    const compared = compareResults(earlier.checked, later.checked, since)
    return { snapshot, results: compared, byNode: later.byNode, ran: [earlier, later] }
  })
  // A check of the user's own may bear the code of one of ours and look for something else.
  if (args.checks === undefined) for (const { of, checked } of ran) keepRuns(args.store, of, checked.results)
  return answers
}

interface Ran {
  readonly of: CheckedSnapshot
  readonly checked: Checked
  readonly byNode: MatrixNodes
}

/** Runs the checks on the snapshot that a phrase means. */
async function runOn(store: Store, phrase: string, checks: readonly Check[]): Promise<Ran> {
  const { name } = await findSnapshot(store, phrase)
  progress(`${plural(checks.length, 'check')} on ${name}`)
  return apart(store, () => {
    scopeTo(store, name)
    const results = runChecks(store, name, checks)
    const nodes = nodesKnown(store)
    return {
      of: checkedSnapshot(store, name),
      checked: { snapshot: name, results, nodes, nodesListed: isListed(store, 'nodes') },
      byNode: { nodes, aboutNodes: checksAboutNodes(store, checks) }
    }
  })
}

type Side = Checked & { readonly phrase: string }

/** The earliest snapshot that is known to have a finding which both have. */
function standingSince(store: Store, earlier: Side, later: Side): (finding: Finding) => string {
  const snapshots = snapshotsByTime(store)
  const [first, second] = [earlier, later].map(({ snapshot }) => snapshots.find(({ name }) => name === snapshot)!) as [
    ReportedSnapshot,
    ReportedSnapshot
  ]
  sayWhichIsLater({ phrase: earlier.phrase, ...first }, { phrase: later.phrase, ...second })
  const standing = standings(store, snapshots.slice(0, snapshots.indexOf(second) + 1), later.results, {
    id: first.id,
    results: earlier.results
  })
  return (finding) => {
    const { since } = standing(finding)
    return since.takenAt < first.takenAt ? since.name : first.name
  }
}

/** The same over two snapshots. */
function assertionsOf(
  file: string,
  { before, after }: { before: string; after: string },
  checks: readonly Check[]
): Promise<Answers> {
  return asking(file, async (store) => {
    const [first, second] = [await findSnapshot(store, before), await findSnapshot(store, after)]
    sayWhichIsLater({ phrase: before, ...first }, { phrase: after, ...second })
    const sides = { before: { store, snapshot: first.name }, after: { store, snapshot: second.name } }
    return { snapshot: second.name, results: runAssertions(sides, checks) }
  })
}

function sayWhichIsLater(before: Compared, after: Compared): void {
  sayIfSame(before, after)
  if (before.takenAt > after.takenAt)
    talk(`snap: ${before.name}, the one before, is later than ${after.name}: what was new looks as if it were gone`)
}

type Compared = Parameters<typeof sayIfSame>[0] & { readonly takenAt: Date | string }

function isFound(results: readonly CheckResult[], failOn: string): boolean {
  const limit = SEVERITIES.indexOf(failOn as (typeof SEVERITIES)[number])
  return results.some(({ findings }) => findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= limit))
}
