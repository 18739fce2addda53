import { absorbing, baselineText, readBaseline } from '../../../ask/check/baseline.ts'
import { loadAssertions, loadChecks } from '../../../ask/check/catalogue.ts'
import { type Check, SEVERITIES } from '../../../ask/check/definition.ts'
import type { CheckResult, Finding } from '../../../ask/check/finding.ts'
import { expired, isSuppressed, readSuppressions, withoutFindings } from '../../../ask/check/suppress.ts'
import { readInput } from '../../../input-file.ts'
import { UserError } from '../../../problem.ts'
import { plural } from '../../../report/diff/words.ts'
import { writeWhole } from '../../../whole-file.ts'
import { nearest } from '../../nearest.ts'
import { talk } from '../../terminal/print.ts'

export interface KnownArguments {
  readonly checks?: string[]
  readonly suppress?: string
  readonly 'new-since'?: string
  readonly baseline?: string
  readonly 'write-baseline'?: string
}

/** Leaves out what is suppressed, in the baseline, or stood in an earlier snapshot, and says how much that is. */
export function withoutKnown(
  args: KnownArguments,
  snapshot: string,
  results: readonly CheckResult[]
): readonly CheckResult[] {
  const unsuppressed =
    args.suppress === undefined
      ? results
      : suppressed(
          args.suppress,
          snapshot,
          results,
          loadChecks(args.checks ?? []).concat(loadAssertions(args.checks ?? []))
        )
  if (args['write-baseline'] !== undefined) writeBaseline(args['write-baseline'], snapshot, unsuppressed)
  const listed = args.baseline === undefined ? unsuppressed : withoutListed(unsuppressed, args.baseline)
  return args['new-since'] === undefined ? listed : onlyNew(listed)
}

function withoutListed(results: readonly CheckResult[], file: string): readonly CheckResult[] {
  const { known, why } = readBaseline(file, readText(file))
  return leftOut(withoutFindings(results, absorbing(known)), why)
}

/** What is not known to be new may be, and is told. */
function onlyNew(results: readonly CheckResult[]): readonly CheckResult[] {
  const compared = results.flatMap(({ findings }) => findings).find(({ comparison }) => comparison)
  const earlier = compared?.comparison?.earlier
  return leftOut(
    withoutFindings(
      results.map(({ past: _, ...result }) => result),
      ({ comparison }) => comparison?.state === 'standing'
    ),
    `they stood in ${earlier} too`
  )
}

function leftOut(
  { results, dropped }: { results: CheckResult[]; dropped: readonly Finding[] },
  why: string
): readonly CheckResult[] {
  const split = SEVERITIES.map(
    (severity) => [dropped.filter((finding) => finding.severity === severity).length, severity] as const
  ).filter(([count]) => count > 0)
  if (dropped.length > 0)
    talk(
      `check: ${plural(dropped.length, 'finding')} left out (${split.map(([count, severity]) => `${count} ${severity}`).join(', ')}): ${why}`
    )
  return results
}

/** `all`: also the checks that were not asked for. */
function suppressed(
  file: string,
  snapshot: string,
  results: readonly CheckResult[],
  all: readonly Check[]
): readonly CheckResult[] {
  const day = snapshot.slice(0, 10)
  const suppressions = readSuppressions(readText(file), file)
  for (const { place, until, code, object } of expired(suppressions, day))
    talk(`snap: ${place}: ${code} ${object} ended on ${until} and does not count`)
  const known = all.map(({ code }) => code)
  for (const { place, code } of suppressions.filter((one) => one.code !== '*' && !known.includes(one.code))) {
    talk(
      `snap: ${place}: no check ${code}, so this line leaves nothing out; did you mean ${nearest(code.toUpperCase(), known, 1)[0]}?`
    )
  }
  return leftOut(
    withoutFindings(results, (finding) => isSuppressed(finding, suppressions, day)),
    `suppressed by ${file}`
  )
}

function writeBaseline(file: string, snapshot: string, results: readonly CheckResult[]): void {
  writeWhole(file, baselineText(snapshot, results))
}

function readText(file: string): string {
  try {
    return readInput(file).toString('utf8')
  } catch (error) {
    throw new UserError(`${file}: cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
