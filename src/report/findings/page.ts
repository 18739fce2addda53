import { basename } from 'node:path'
import { comparesSnapshots } from '../../ask/check/assert.ts'
import type { Check } from '../../ask/check/definition.ts'
import type { Rows } from '../format/cell.ts'
import { visible } from '../format/cell.ts'

/** A check's head as a page, in Markdown. */
export function checkPage(check: Check): string {
  const parts = [
    `## ${check.code}: ${check.title}`,
    check.explanation,
    `**What to do:** ${check.fix}`,
    [
      `- Severity: ${check.severity}`,
      comparesSnapshots(check) ? '- Over two snapshots: `snap check --before SNAPSHOT`' : '',
      check.needs.length === 0 ? '' : `- Needs: ${check.needs.join(', ')}`,
      check.source === '' ? '' : `- Seen in: ${check.source}`,
      check.causes.length === 0 ? '' : `- Not shown beside its cause: ${check.causes.join(', ')}`,
      `- Query: \`${basename(check.file)}\``
    ]
      .filter(Boolean)
      .join('\n')
  ]
  return `${parts
    .filter(Boolean)
    .map((part) => part.split('\n').map(visible).join('\n'))
    .join('\n\n')}\n`
}

/** One row a check. */
export function checkRows(checks: readonly Check[]): Rows {
  return {
    columns: ['code', 'severity', 'title', 'snapshots', 'needs'],
    rows: checks.map((check) => [
      check.code,
      check.severity,
      check.title,
      comparesSnapshots(check) ? 2 : 1,
      check.needs.join(', ')
    ])
  }
}
