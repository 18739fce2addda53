import { absorbing, countFingerprints } from './baseline.ts'
import type { Gap } from './coverage.ts'
import type { CheckResult, Comparison, Finding } from './finding.ts'
import { gapNames, gapsByNode } from './gap-names.ts'

/** What the checks say of one snapshot. */
export interface Checked {
  readonly snapshot: string
  readonly results: readonly CheckResult[]
  /** Nodes that are listed, or of which something was to be collected. */
  readonly nodes: readonly string[]
  /** Whether these are all nodes that the cluster had. */
  readonly nodesListed: boolean
}

/**
 * The results of the later snapshot, each finding with what became of it since the earlier one, and as `past` the findings that only
 * the earlier one has. Both were made by the same checks. `since`: the earliest snapshot that is known to have a finding.
 */
export function compareResults(earlier: Checked, later: Checked, since: (finding: Finding) => string): CheckResult[] {
  const [then, now] = [new Sight(earlier), new Sight(later)]
  const stood = absorbing(countFingerprints(earlier.results))
  const stands = absorbing(countFingerprints(later.results))
  const comparison = (state: Comparison['state'], given: Partial<Comparison> = {}): Comparison => ({
    state,
    earlier: earlier.snapshot,
    since: '',
    why: '',
    ...given
  })
  const unless = (why: string, state: 'new' | 'gone'): Comparison =>
    why === '' ? comparison(state) : comparison('unknown', { why })
  return later.results.map((result) => {
    const before = earlier.results.find(({ check }) => check.code === result.check.code)
    return {
      ...result,
      findings: result.findings.map((finding) => ({
        ...finding,
        comparison: stood(finding)
          ? comparison('standing', { since: since(finding) })
          : unless(then.lacks(before, finding), 'new')
      })),
      past: (before?.findings ?? [])
        .filter((finding) => !stands(finding))
        .map((finding) => ({ ...finding, comparison: unless(now.lacks(result, finding), 'gone') }))
    }
  })
}

/** What one snapshot can say of a finding that it does not have. */
class Sight {
  private readonly checked: Checked
  private readonly inFlux: ReadonlySet<string>
  private readonly nodes: ReadonlySet<string>
  private readonly known = new Map<CheckResult, GapsOf>()

  constructor(checked: Checked) {
    this.checked = checked
    this.nodes = new Set(checked.nodes)
    this.inFlux = new Set(
      checked.results
        .filter(({ check }) => check.code === 'IN-FLUX')
        .flatMap(({ findings }) => findings.map(({ object, node }) => `${object}\0${node}`))
    )
  }

  /** Why it may well be there; '' where it is not. */
  lacks(result: CheckResult | undefined, { object, node }: Finding): string {
    const { snapshot, nodesListed } = this.checked
    const gaps = result === undefined ? '' : this.gapsOf(result)(node)
    if (gaps !== '') return `not seen in ${snapshot}: ${gaps}`
    if (node !== null && !this.nodes.has(node) && !nodesListed) return `not seen in ${snapshot}: ${node}`
    return this.inFlux.has(`${object}\0${node}`) ? `it was changing while ${snapshot} was taken` : ''
  }

  private gapsOf(result: CheckResult): GapsOf {
    let gaps = this.known.get(result)
    if (!gaps) this.known.set(result, (gaps = gapsOf(result.gaps)))
    return gaps
  }
}

/** Names of the gaps that concern a node; of all for a finding of none. */
type GapsOf = (node: string | null) => string

function gapsOf(gaps: readonly Gap[]): GapsOf {
  const everywhere = gaps.filter(({ node }) => node === undefined)
  const there = gapsByNode(gaps)
  const all = gapNames(gaps)
  return (node) => (node === null ? all : gapNames(everywhere, there.get(node)))
}
