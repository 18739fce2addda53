import type { Annotate } from '../../ask/trace/annotation.ts'
import { answerOf } from '../../ask/trace/answer.ts'
import { alike } from '../../ask/trace/document.ts'
import { familyOf, type NodeTrace, type Trace } from '../../ask/trace/trace.ts'
import { visible } from '../format/cell.ts'
import { wrap } from '../format/wrap.ts'
import type { Line } from './lines.ts'
import type { Setting } from './text.ts'
import { type Branch, casesOf } from './tree.ts'
import { beyondText, endText, percent } from './words.ts'

/** The same tree as the text, for drawing. */
export interface Box {
  /** What leads here from the box before: a share, a condition, the nodes; '' where nothing needs saying. */
  readonly edge: string
  readonly lines: readonly string[]
  /** `end`: where the packet ends; its verdict. */
  readonly kind: 'asked' | 'rules' | 'end'
  readonly verdict?: string
  readonly next: readonly Box[]
}

const WIDTH = 60

export function graphOf({ asked, remark, nodes }: Trace, annotate: Setting['annotate']): Box {
  const groups = alike(nodes)
  const next = groups.flatMap((group) => {
    const [first] = group
    const at = group.map(({ node, target }) => node ?? `${target.address}:${target.port}`).join(', ')
    return casesOf(answerOf(first!)).map(({ title, root }) =>
      boxOf(
        root,
        [groups.length > 1 ? at : '', title].filter(Boolean).join(': '),
        undefined,
        annotate(familyOf(first!))
      )
    )
  })
  const from = [...new Set(nodes.map(({ sender }) => sender.name))].join(', ')
  const lines =
    remark === undefined ? [visible(asked), visible(`from ${from}`), ...taken(nodes)] : wrap(visible(remark), WIDTH)
  return { edge: '', lines, kind: 'asked', next }
}

function taken(nodes: readonly NodeTrace[]): string[] {
  const texts = [...new Set(nodes.flatMap(({ ways }) => ways.flatMap(({ assumptions }) => assumptions)))]
  return texts.length === 0 ? [] : ['taken for granted:', ...texts.flatMap(bullet)]
}

function bullet(text: string): string[] {
  return wrap(visible(text), WIDTH).map((line, index) => `${index === 0 ? '• ' : '  '}${line}`)
}

function boxOf(branch: Branch, edge: string, before: Line | undefined, annotate: Annotate): Box {
  const { lines, ends, branches } = branch
  const label = visible(edge)
  if (lines.length === 0 && ends.length > 0) return endBox(ends, label)
  const last = lines.at(-1) ?? before
  return {
    edge: label,
    kind: 'rules',
    lines: lines.flatMap((line, index) => lineTexts(line, index === 0 ? before : lines[index - 1], annotate)),
    next:
      ends.length > 0 ? [endBox(ends, '')] : branches.map((each) => boxOf(each, percent(each.share), last, annotate))
  }
}

function endBox(ends: Branch['ends'], edge: string): Box {
  return {
    edge,
    kind: 'end',
    verdict: ends[0]!.verdict,
    lines: [...wrap(visible(endText(ends)), WIDTH), ...(ends.length === 1 ? beyondText(ends[0]!).flatMap(bullet) : [])],
    next: []
  }
}

function lineTexts(line: Line, before: Line | undefined, annotate: Annotate): string[] {
  const notes = annotate(line.step).join(', ')
  const texts = [
    ...(before?.place === line.place ? [] : [line.place.replace('/', ' ')]),
    `${line.rule} ${line.what}`,
    ...(notes ? [`  (${notes})`] : [])
  ]
  return texts.map(visible)
}
