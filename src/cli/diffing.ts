import type { Diff } from '../ask/diff/change.ts'
import { diffHtml } from '../report/diff/html.ts'
import { diffRows } from '../report/diff/rows.ts'
import { diffText } from '../report/diff/text.ts'
import { print } from './print.ts'

export function printDiff(diff: Diff, { format, rules }: { format: string; rules: boolean }): void {
  if (format === 'table') process.stdout.write(diffText(diff, { rules }))
  else if (format === 'html') process.stdout.write(diffHtml(diff, { rules }))
  else print(diffRows(diff, { rules }), format)
}
