import type { Annotate } from '../../ask/trace/annotation.ts'
import { visible } from '../format/cell.ts'
import { cut, wrap } from '../format/wrap.ts'
import type { Line } from './lines.ts'
import type { Branch } from './tree.ts'
import { beyondText, endText, percent } from './words.ts'

/** `nat KUBE-SVC-XRY76EGRC3BSCIIJ 100`, the longest that kube-proxy makes common. */
const RULE_WIDTH = 33

const INDENT = '      '

/** A branch as lines of at most `width` characters where words allow it. */
export function branchText(
  { lines, branches, ends }: Branch,
  before: Line | undefined,
  annotate: Annotate,
  width: number
): string[] {
  return [
    ...lines.flatMap((line, index) => lineText(line, index === 0 ? before : lines[index - 1], annotate, width)),
    ...(ends.length === 0 ? [] : endLines(ends, width)),
    ...branches.flatMap((branch, index) =>
      parted(branch, lines.at(-1) ?? before, index === branches.length - 1, annotate, width)
    )
  ]
}

function endLines(ends: Branch['ends'], width: number): string[] {
  const further =
    ends.length === 1
      ? beyondText(ends[0]!).flatMap((text) =>
          wrap(visible(text), width - 5).map((line, index) => `${index === 0 ? '' : '  '}${line}`)
        )
      : []
  return [...wrap(visible(endText(ends)), width - 3), ...further].map(
    (text, index) => `${index === 0 ? '└─' : '  '} ${text}`
  )
}

function parted(branch: Branch, before: Line | undefined, last: boolean, annotate: Annotate, width: number): string[] {
  const head = `${last ? '└─' : '├─'} ${percent(branch.share).padStart(6)}  `
  const [first = '', ...rest] = branchText(branch, before, annotate, width - head.length)
  const below = `${last ? ' ' : '│'}${' '.repeat(head.length - 1)}`
  // The share is the end's own branch already.
  const bare = branch.lines.length === 0 && branch.ends.length > 0
  return [`${head}${bare ? first.slice(3) : first}`, ...rest.map((text) => `${below}${bare ? text.slice(3) : text}`)]
}

function lineText(line: Line, before: Line | undefined, annotate: Annotate, width: number): string[] {
  const place = before?.place === line.place ? [] : [visible(line.place.replace('/', ' '))]
  const notes = annotate(line.step).join(', ')
  const whole = `${line.rule.padEnd(RULE_WIDTH)} ${line.what}`
  // What a rule does is never cut off: it goes below where there is no room beside the rule.
  const done = visible(whole).length <= width ? [whole] : [line.rule, line.what]
  const told = [...done, notes && `(${notes})`, line.matched].filter((part) => part !== '').map(visible)
  return [...place, ...filled(told, width)]
}

/** Parts on one line as far as they fit, the rest below it. */
function filled(parts: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 2 + part.length <= width) lines[lines.length - 1] = `${last}  ${part}`
    else
      lines.push(
        ...(last === undefined
          ? [cut(part, width)]
          : wrap(part, width - INDENT.length).map((text) => `${INDENT}${text}`))
      )
  }
  return lines
}
