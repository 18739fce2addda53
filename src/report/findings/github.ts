import type { Severity } from '../../ask/check/definition.ts'
import type { CheckResult } from '../../ask/check/run.ts'
import { visible } from '../format/cell.ts'

const COMMANDS: Record<Severity, string> = { error: 'error', warn: 'warning', info: 'notice' }

/** Annotations of a GitHub Actions run: one workflow command a finding. What could not be seen is a notice. */
export function findingAnnotations(_snapshot: string, results: readonly CheckResult[]): string {
  const lines = results.flatMap(({ check, findings, gaps }) => [
    ...findings.map(({ severity, object, node, message }) => command(COMMANDS[severity], `${check.code} ${object}`, `${node === null ? '' : `on ${node}: `}${message}`)),
    ...gaps.map(({ subject, reason }) => command('notice', `${check.code} not seen`, `${subject}: ${reason}`))
  ])
  return lines.map((line) => `${line}\n`).join('')
}

function command(name: string, title: string, message: string): string {
  return `::${name} title=${escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escaped(message)}`
}

function escaped(text: string): string {
  return visible(text).replaceAll('%', '%25')
}
