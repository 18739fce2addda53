import type { Annotate } from '../../ask/trace/annotation.ts'
import type { AnswerOutcome, TraceAnswer } from '../../ask/trace/answer.ts'
import { visible } from '../format/cell.ts'
import { linesOf, type Line } from './lines.ts'

interface Way {
  readonly outcome: AnswerOutcome
  readonly lines: readonly Line[]
}

/** The ways of one node as a tree: what they share is said once, and where they part each branch has its share. */
export function traceTree({ outcomes, steps }: TraceAnswer, annotate: Annotate): string[] {
  const ways = outcomes.map((outcome, index) => ({ outcome, lines: linesOf(steps.filter((step) => step.outcome === index)) }))
  return casesOf(ways).flatMap(({ title, ways: members }) => {
    if (members.every(({ outcome }) => suppositions(outcome).some(isRemembered))) return [`if ${title}:`, ...remembered(members)]
    return [...(title ? [`if ${title}:`] : []), ...branch(members, 0, '', annotate)]
  })
}

type Supposition = AnswerOutcome['conditions'][number]

/** What an outcome supposes beyond a client nobody has seen: that is what one expects of a client. */
function suppositions({ conditions }: AnswerOutcome): readonly Supposition[] {
  return conditions.filter(({ holds, newClient }) => newClient === undefined || holds !== newClient)
}

/** Session affinity: a client that was here before goes where it went before. */
function isRemembered({ holds, newClient }: Supposition): boolean {
  return newClient !== undefined && holds !== newClient
}

function remembered(ways: readonly Way[]): string[] {
  return ways.map(({ outcome }) => `└─ ${arrival(outcome)}`)
}

/** Ways under the same conditions add up to all packets, so they stand together; the fewest conditions come first. */
function casesOf(ways: readonly Way[]): { title: string; ways: Way[] }[] {
  const cases = new Map<string, { title: string; ways: Way[] }>()
  for (const way of ways) {
    const title = suppositions(way.outcome).map((each) => visible(`${each.holds ? '' : 'not: '}${each.if} (${each.reason})`)).join(', and ')
    const known = cases.get(title) ?? { title, ways: [] }
    known.ways.push(way)
    cases.set(title, known)
  }
  return [...cases.values()].sort((a, b) => suppositions(a.ways[0]!.outcome).length - suppositions(b.ways[0]!.outcome).length)
}

function branch(ways: readonly Way[], from: number, indent: string, annotate: Annotate): string[] {
  const shared = sharedLength(ways, from)
  const first = ways[0]!
  const text = first.lines.slice(from, shared).flatMap((line, index) => rendered(line, first.lines[from + index - 1], indent, annotate))
  if (ways.length === 1) return [...text, `${indent}└─ ${arrival(first.outcome)}`]
  const groups = [...group(ways, shared)]
  return [
    ...text,
    ...groups.flatMap((members, index) => {
      const last = index === groups.length - 1
      const [head = '', ...rest] = branch(members, shared, '', annotate).map((line) => line)
      const total = members.reduce((sum, { outcome }) => sum + outcome.share, 0)
      return [
        `${indent}${last ? '└' : '├'}─ ${percent(total)}  ${head}`,
        ...rest.map((line) => `${indent}${last ? ' ' : '│'}          ${line}`)
      ]
    })
  ]
}

function* group(ways: readonly Way[], at: number): Iterable<Way[]> {
  const groups = new Map<string, Way[]>()
  for (const way of ways) {
    const key = lineKey(way.lines[at])
    groups.set(key, [...(groups.get(key) ?? []), way])
  }
  yield* groups.values()
}

function sharedLength(ways: readonly Way[], from: number): number {
  const [first] = ways
  if (ways.length === 1) return first!.lines.length
  let at = from
  while (first!.lines[at] && ways.every((way) => lineKey(way.lines[at]) === lineKey(first!.lines[at]))) at++
  return at
}

function lineKey(line: Line | undefined): string {
  return line ? `${line.place}\0${line.rule}\0${line.what}` : ''
}

const RULE_WIDTH = 34

function rendered(line: Line, before: Line | undefined, indent: string, annotate: Annotate): string[] {
  const place = before?.place === line.place ? [] : [`${indent}${line.place.replace('/', ' ')}`]
  const notes = annotate(line.step)
  const said = notes.length === 0 ? '' : `  (${notes.join(', ')})`
  return [...place, visible(`${indent}  ${line.rule.padEnd(RULE_WIDTH)} ${line.what}${said}`)]
}

function arrival({ verdict, why, masqueraded, seenSource }: AnswerOutcome): string {
  const source = verdict !== 'delivered' && verdict !== 'accepted' ? ''
    : masqueraded === true ? `, source masqueraded${seenSource ? ` as ${seenSource}` : ''}` : masqueraded === 'unknown' ? ', whether its source is masqueraded is unknown' : ''
  return visible(`${verdict}: ${why}${source}`)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1).padStart(5)}%`
}
