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
import { scopeTo } from '../../../ask/sql/scope.ts'
import { UserError } from '../../../problem.ts'
import { plural } from '../../../report/diff/words.ts'
import { findingAnnotations } from '../../../report/findings/github.ts'
import { findingJunit } from '../../../report/findings/junit.ts'
import type { MatrixNodes } from '../../../report/findings/matrix-text.ts'
import { findingMetrics } from '../../../report/findings/prometheus.ts'
import { findingRows } from '../../../report/findings/rows.ts'
import { findingSarif } from '../../../report/findings/sarif.ts'
import { findingText } from '../../../report/findings/text.ts'
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

/** What the checks find in a snapshot, compared with an earlier one where that was asked for. */
async function answersOf(args: CheckArguments, checks: readonly Check[]): Promise<Answers> {
  const { checked, byNode } = await runOn(args, args.snapshot, checks)
  const { snapshot, results } = checked
  const phrase = args.compare ?? args['new-since']
  if (phrase === undefined) return { snapshot, results, byNode }
  const earlier = (await runOn(args, phrase, checks)).checked
  const since = await asking(args.store, (store) => {
    const snapshots = snapshotsByTime(store)
    const [first, second] = [earlier.snapshot, snapshot].map(
      (name) => snapshots.find((each) => each.name === name)!
    ) as [ReportedSnapshot, ReportedSnapshot]
    sayWhichIsLater({ phrase, ...first }, { phrase: args.snapshot, ...second })
    const standing = standings(store, snapshots.slice(0, snapshots.indexOf(second) + 1), results)
    return (finding: Finding): string => {
      const { since } = standing(finding)
      return since.takenAt < first.takenAt ? since.name : first.name
    }
  })
  return { snapshot, results: compareResults(earlier, checked, since), byNode }
}

/** Runs the checks on the snapshot that a phrase means, and keeps what they found. */
async function runOn(
  args: CheckArguments,
  phrase: string,
  checks: readonly Check[]
): Promise<{ checked: Checked; byNode: MatrixNodes }> {
  const answer = await asking(args.store, async (opened) => {
    const { name } = await findSnapshot(opened, phrase)
    scopeTo(opened, name)
    progress(`${plural(checks.length, 'check')} on ${name}`)
    const results = runChecks(opened, name, checks)
    const nodes = nodesKnown(opened)
    return {
      checked: { snapshot: name, results, nodes, nodesListed: isListed(opened, 'nodes') },
      byNode: { nodes, aboutNodes: checksAboutNodes(opened, checks) }
    }
  })
  // A check of the user's own may bear the code of one of ours and look for something else.
  if (args.checks === undefined) keepRuns(args.store, answer.checked.snapshot, answer.checked.results)
  return answer
}

/** The same over two snapshots. */
function assertionsOf(
  store: string,
  { before, after }: { before: string; after: string },
  checks: readonly Check[]
): Promise<Answers> {
  return asking(store, async (earlier) =>
    asking(store, async (later) => {
      const [first, second] = [await findSnapshot(earlier, before), await findSnapshot(later, after)]
      scopeTo(earlier, first.name)
      scopeTo(later, second.name)
      sayWhichIsLater({ phrase: before, ...first }, { phrase: after, ...second })
      return {
        snapshot: second.name,
        results: runAssertions(
          { before: { store: earlier, snapshot: first.name }, after: { store: later, snapshot: second.name } },
          checks
        )
      }
    })
  )
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
