import type { AnswerOutcome, TraceAnswer } from '../../ask/trace/answer.ts'
import { type Line, linesOf } from './lines.ts'

/** What the ways of one node share is said once; where they part, each branch has its share. */
export interface Branch {
  /** Of all packets. */
  readonly share: number
  readonly lines: readonly Line[]
  readonly branches: readonly Branch[]
  /** Where the packet ends; several where so many branches end alike that they are told together. */
  readonly ends: readonly AnswerOutcome[]
}

/** Ways under the same conditions: together they are all packets. */
export interface Case {
  /** `if …`, `unless …`; '' where it depends on nothing. */
  readonly title: string
  readonly root: Branch
}

/** More branches than this at one place are told together where they end alike. */
const MOST_BRANCHES = 12

interface Way {
  readonly outcome: AnswerOutcome
  readonly lines: readonly Line[]
}

type Supposition = AnswerOutcome['conditions'][number]

export function casesOf({ outcomes, steps }: TraceAnswer): Case[] {
  const linesByOutcome = stepsByOutcome({ outcomes, steps }).map(linesOf)
  const cases = new Map<string, { title: string; suppositions: readonly Supposition[]; ways: Way[] }>()
  outcomes.forEach((outcome, index) => {
    const supposed = suppositions(outcome)
    const title = supposed.map((each) => `${each.holds ? 'if' : 'unless'} ${each.if} (${each.reason})`).join(', and ')
    const known = cases.get(title) ?? { title, suppositions: supposed, ways: [] }
    // A client that was here before goes where it went before: the rules on the way are those told already.
    known.ways.push({ outcome, lines: supposed.some(isRemembered) ? [] : linesByOutcome[index]! })
    cases.set(title, known)
  })
  // The fewest conditions come first: what one expects.
  return [...cases.values()]
    .sort((a, b) => a.suppositions.length - b.suppositions.length)
    .map(({ title, ways }) => ({ title, root: branchOf(ways, 0) }))
}

function stepsByOutcome({
  outcomes,
  steps
}: Pick<TraceAnswer, 'outcomes' | 'steps'>): TraceAnswer['steps'][number][][] {
  const sorted = outcomes.map((): TraceAnswer['steps'][number][] => [])
  for (const step of steps) sorted[step.outcome]!.push(step)
  return sorted
}

/** What an outcome supposes beyond a client nobody has seen: that is what one expects of a client. */
function suppositions({ conditions }: AnswerOutcome): readonly Supposition[] {
  return conditions.filter(({ holds, newClient }) => newClient === undefined || holds !== newClient)
}

/** Session affinity. */
function isRemembered({ holds, newClient }: Supposition): boolean {
  return newClient !== undefined && holds !== newClient
}

function branchOf(ways: readonly Way[], from: number): Branch {
  const to = sharedLength(ways, from)
  const shared = ways[0]!.lines.slice(from, to)
  const share = ways.reduce((sum, { outcome }) => sum + outcome.share, 0)
  if (ways.length === 1) return { share, lines: shared, branches: [], ends: [ways[0]!.outcome] }
  const parted = grouped(ways, ({ lines }) => lineKey(lines[to]))
  // Ways that differ in nothing the lines tell still end differently.
  const apart = parted.length === 1 ? ways.map((way) => [way]) : parted
  const branches = apart.length > MOST_BRANCHES ? together(ways) : apart.map((each) => branchOf(each, to))
  return { share, lines: shared, branches, ends: [] }
}

function together(ways: readonly Way[]): Branch[] {
  const alike = ({ outcome: { verdict, podNode, masqueraded, address } }: Way) =>
    JSON.stringify([verdict, podNode, masqueraded, verdict === 'accepted' || verdict === 'delivered' ? null : address])
  return grouped(ways, alike).map((members) => ({
    share: members.reduce((sum, { outcome }) => sum + outcome.share, 0),
    lines: [],
    branches: [],
    ends: members.map(({ outcome }) => outcome)
  }))
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return [...groups.values()]
}

function sharedLength(ways: readonly Way[], from: number): number {
  const { lines } = ways[0]!
  if (ways.length === 1) return lines.length
  let at = from
  while (lines[at] && ways.every((way) => lineKey(way.lines[at]) === lineKey(lines[at]))) at++
  return at
}

function lineKey(line: Line | undefined): string {
  return line ? `${line.place}\0${line.rule}\0${line.what}` : ''
}
