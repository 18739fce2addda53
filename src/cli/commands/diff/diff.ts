import type { Diff } from '../../../ask/diff/change.ts'
import { diffHtml } from '../../../report/diff/html.ts'
import { diffRows } from '../../../report/diff/rows.ts'
import { diffText } from '../../../report/diff/text.ts'
import { print, printText, write } from '../../terminal/print.ts'
import { textWidth } from '../../terminal/terminal.ts'

export function printDiff(diff: Diff, { format, rules }: { format: string; rules: boolean }): void {
  if (format === 'table') printText(diffText(diff, { rules, width: textWidth() }))
  else if (format === 'html') write(diffHtml(diff, { rules }))
  else print(diffRows(diff, { rules }), format)
}
