import type { Severity } from '../../ask/check/definition.ts'
import { html, type Markup } from './markup.ts'

export const SEVERITY_WORDS: Readonly<Record<Severity, { one: string; many: string; sign: string }>> = {
  error: { one: 'error', many: 'errors', sign: '✕' },
  warn: { one: 'warning', many: 'warnings', sign: '!' },
  info: { one: 'note', many: 'notes', sign: 'i' }
}

/** A severity as a word with a sign, so that its colour says nothing alone. */
export function severityMark(severity: Severity): Markup {
  const { one, sign } = SEVERITY_WORDS[severity]
  return html`<span class="severity ${severity}"><span aria-hidden="true">${sign}</span> ${one}</span>`
}
