import type { Severity } from '../../ask/check/definition.ts'
import type { CheckResult, Finding } from '../../ask/check/finding.ts'
import { visible } from '../format/cell.ts'
import { stateWord, told } from './told.ts'

const COMMANDS: Record<Severity, string> = { error: 'error', warn: 'warning', info: 'notice' }

/** Annotations of a GitHub Actions run: one workflow command a finding. What could not be seen is a notice. */
export function findingAnnotations(_snapshot: string, results: readonly CheckResult[]): string {
  const lines = results.flatMap(({ check, findings, gaps }) => [
    ...findings.map((finding) =>
      command(
        COMMANDS[finding.severity],
        title(finding),
        `${finding.node === null ? '' : `on ${finding.node}: `}${told(finding)}`
      )
    ),
    ...gaps.map(({ subject, reason }) => command('notice', `${check.code} not seen`, `${subject}: ${reason}`))
  ])
  return lines.map((line) => `${line}\n`).join('')
}

function title({ code, object, comparison }: Finding): string {
  return `${code} ${object}${comparison ? ` (${stateWord(comparison, false)})` : ''}`
}

function command(name: string, title: string, message: string): string {
  return `::${name} title=${escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escaped(message)}`
}

function escaped(text: string): string {
  return visible(text).replaceAll('%', '%25')
}
