import type { Comparison, Finding } from '../../ask/check/finding.ts'

/** A finding's message with what it is unsure of, and what became of it since another snapshot. */
export function told({ message, unsure, comparison }: Finding): string {
  return [
    message,
    ...[unsure === '' ? '' : `unsure: ${unsure}`, comparison ? aside(comparison) : '']
      .filter(Boolean)
      .map((remark) => `(${remark})`)
  ].join(' ')
}

function aside({ since, why }: Comparison): string {
  return why || (since === '' ? '' : `since ${since} or earlier`)
}

/** What became of a finding, in a word. `unknown` is of a finding of the later snapshot or, past, of the earlier one. */
export function stateWord({ state }: Comparison, past: boolean): string {
  return state === 'unknown' ? (past ? 'gone?' : 'new?') : state
}
