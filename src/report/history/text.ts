import type { Change } from '../../ask/diff/change.ts'
import type { History, Series, Step } from '../../ask/history/log.ts'
import { objectLines } from '../diff/object-text.ts'
import { ruleLines } from '../diff/rule-text.ts'
import { shortList } from '../diff/words.ts'
import { visible } from '../format/cell.ts'
import { wrap } from '../format/wrap.ts'
import { firstLines } from './first-lines.ts'
import { lifeLines } from './life.ts'
import { sparkline } from './sparkline.ts'

export interface HistoryTextOptions {
  /** Which raw rules to show: none, those that came and went, or also all that the first snapshot has. */
  readonly rules: 'none' | 'changed' | 'all'
  readonly width: number
  readonly ascii: boolean
}

/** A life as a person reads it: from when to when, the numbers over time, then what changed, newest first, and what is not known. */
export function historyText(history: History, options: HistoryTextOptions): string {
  const { width } = options
  const head = [
    visible(history.object),
    ...lifeLines(history).map((line) => wrapped(line, width, '')),
    ...history.series.map((series) => visible(seriesLine(series, options)))
  ]
  const steps = history.steps.map((step) =>
    [`${step.snapshot}${step.isFirst ? '  the first to tell of it' : ''}`, ...stepLines(history, step, options)].join(
      '\n'
    )
  )
  const unseen = history.unseen.map(({ subject, reason, snapshots }) =>
    wrapped(`${subject}: not told by ${namesOf(snapshots)}: ${reason}`, width)
  )
  return [
    head.join('\n'),
    ...steps,
    unseen.length === 0 ? '' : ['UNKNOWN  What some snapshots do not say', ...unseen].join('\n')
  ]
    .filter(Boolean)
    .map((part) => `${part}\n`)
    .join('\n')
}

function seriesLine({ name, nodes, values }: Series, { width, ascii }: HistoryTextOptions): string {
  const known = values.filter((value) => value !== null)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const range =
    known.length === 0 ? 'not known' : low === high ? String(low) : `${low} to ${high}, now ${values.at(-1) ?? '?'}`
  const label = nodes.length === 0 ? name : `${name} on ${shortList(nodes)}`
  const { line, each } = sparkline(values, { width: Math.max(10, width - label.length - range.length - 24), ascii })
  return `${label}  ${line}  ${range}${each > 1 ? ` (the lowest of each ${each})` : ''}`
}

function stepLines(history: History, step: Step, { rules, width }: HistoryTextOptions): string[] {
  const objects = new Map<string, Change[]>()
  for (const change of step.changes) {
    const key = `${change.section}/${change.object}`
    objects.set(key, [...(objects.get(key) ?? []), change])
  }
  const alike = new Map<string, { labels: string[]; lines: string[]; raw: string[] }>()
  for (const [key, changes] of objects) {
    const lines = step.isFirst ? firstLines(changes) : objectLines(changes, new Map())
    const raw = rules === 'all' || (rules === 'changed' && !step.isFirst) ? changes.flatMap(ruleLines) : []
    const isOwn = history.object === key || history.object.endsWith(` of ${key}`)
    const group = alike.get(JSON.stringify([lines, raw, isOwn])) ?? { labels: [], lines, raw }
    alike.set(JSON.stringify([lines, raw, isOwn]), group)
    if (!isOwn) group.labels.push(changes[0]!.section === 'chain' ? changes[0]!.object : key)
  }
  return [...alike.values()].flatMap(({ labels, lines, raw }) => {
    const label = labels.length === 0 ? '' : `${shortList(labels)}: `
    return [
      ...lines.map((line, index) =>
        wrapped(index === 0 ? `${label}${line}` : line, width, label === '' || index === 0 ? '  ' : '    ')
      ),
      ...raw.map((line) => visible(`    ${line}`))
    ]
  })
}

function namesOf(snapshots: readonly string[]): string {
  return snapshots.length <= 3
    ? snapshots.join(', ')
    : `${snapshots.length} snapshots, ${snapshots[0]} to ${snapshots.at(-1)}`
}

function wrapped(text: string, width: number, indent = '  '): string {
  return wrap(visible(text), width - 6)
    .map((line, index) => `${index === 0 ? indent : '      '}${line}`)
    .join('\n')
}
