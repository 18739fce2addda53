import type { CheckResult, Comparison, Finding } from '../../ask/check/finding.ts'

/** Findings to which the same happened since the earlier snapshot. */
interface ComparedGroup {
  readonly head: string
  /** The results with the findings of this group only. */
  readonly results: readonly CheckResult[]
}

type Kind = {
  readonly past: boolean
  readonly state: Comparison['state']
  readonly head: (earlier: string) => string
  readonly count: (count: number) => string
}

/** In the order in which people want to know. */
const KINDS: readonly Kind[] = [
  { past: false, state: 'new', head: (earlier) => `NEW  Not in ${earlier}`, count: (count) => `${count} new` },
  {
    past: false,
    state: 'unknown',
    head: (earlier) => `PERHAPS NEW  ${earlier} does not show enough to tell`,
    count: (count) => `${count} perhaps new`
  },
  {
    past: true,
    state: 'gone',
    head: (earlier) => `GONE  In ${earlier} and no more`,
    count: (count) => `${count} gone`
  },
  {
    past: true,
    state: 'unknown',
    head: (earlier) => `PERHAPS GONE  In ${earlier}, and this snapshot does not show enough to tell`,
    count: (count) => `${count} perhaps gone`
  },
  {
    past: false,
    state: 'standing',
    head: (earlier) => `STILL THERE  In ${earlier} too`,
    count: (count) => `${count} still there`
  }
]

export function isCompared(results: readonly CheckResult[]): boolean {
  return results.some(({ past }) => past !== undefined)
}

export function comparedGroups(results: readonly CheckResult[]): ComparedGroup[] {
  return KINDS.flatMap(({ past, state, head }) => {
    const own = results.map((result) => ({ ...result, findings: of(result, past, state) }))
    const all = own.flatMap(({ findings }) => findings.map(({ comparison }) => comparison!))
    if (all.length === 0) return []
    const { earlier, since } = all[0]!
    if (since === '' || all.some((each) => each.since !== since)) return [{ head: head(earlier), results: own }]
    // Said once for all.
    return [
      {
        head: `${head(earlier)}, since ${since} or earlier`,
        results: own.map((result) => ({
          ...result,
          findings: result.findings.map((finding) => ({
            ...finding,
            comparison: { ...finding.comparison!, since: '' }
          }))
        }))
      }
    ]
  })
}

/** `2 new, 1 gone, 4 still there`. */
export function comparedCounts(results: readonly CheckResult[]): string {
  const counts = KINDS.map(({ past, state, count }) => ({
    number: results.flatMap((result) => of(result, past, state)).length,
    count
  }))
  return (
    counts
      .filter(({ number }) => number > 0)
      .map(({ number, count }) => count(number))
      .join(', ') || 'nothing new, nothing gone'
  )
}

function of({ findings, past = [] }: CheckResult, isPast: boolean, state: Comparison['state']): readonly Finding[] {
  return (isPast ? past : findings).filter(({ comparison }) => comparison?.state === state)
}
