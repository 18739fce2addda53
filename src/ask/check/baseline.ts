import { UserError } from '../../problem.ts'
import type { CheckResult, Finding } from './finding.ts'
import { fingerprint } from './fingerprint.ts'

/** Findings that are known, and why they are left out. */
export interface Baseline {
  /** How many of each fingerprint: one more than that is new. */
  readonly known: ReadonlyMap<string, number>
  readonly why: string
}

/** Of all that was found, told with its cause or by itself. */
export function countFingerprints(results: readonly CheckResult[]): Map<string, number> {
  return counted(results.flatMap(({ findings, explained }) => [...findings, ...explained].map(fingerprint)))
}

/** True for as many findings of a fingerprint as are known. */
export function absorbing(known: ReadonlyMap<string, number>): (finding: Finding) => boolean {
  const left = new Map(known)
  return (finding) => {
    const name = fingerprint(finding)
    const count = left.get(name) ?? 0
    left.set(name, count - 1)
    return count > 0
  }
}

/** One line a finding: its fingerprint, and what it is for whoever reads the file; the first line says of which snapshot. */
export function baselineText(snapshot: string, results: readonly CheckResult[]): string {
  const lines = results.flatMap(({ findings }) =>
    findings.map((finding) =>
      `${fingerprint(finding)} ${finding.code} ${finding.object} ${finding.node ?? ''}`.trimEnd()
    )
  )
  return `${HEAD}${snapshot}\n${lines
    .sort()
    .map((line) => `${line}\n`)
    .join('')}`
}

const HEAD = '# findings of '

/** Throws: UserError naming the line that is none of a baseline. */
export function readBaseline(file: string, text: string): Baseline {
  const lines = text.split('\n')
  const strange = lines.findIndex(
    (line) => line.trim() !== '' && !line.startsWith('#') && !/^[0-9a-f]{16}( |$)/.test(line)
  )
  if (strange >= 0)
    throw new UserError(`${file}:${strange + 1}: is no line of a baseline; make one with "snap check --write-baseline"`)
  const of = lines.find((line) => line.startsWith(HEAD))?.slice(HEAD.length)
  const why = `they are in the baseline ${file}${of === undefined ? '' : `, of ${of}`}`
  return { known: counted(lines.filter((line) => /^[0-9a-f]/.test(line)).map((line) => line.slice(0, 16))), why }
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
