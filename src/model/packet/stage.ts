/**
 * What stands at one hook, in the kernel's order: by priority. Hooks of equal priority run latest first
 * (net/netfilter/core.c, nf_hook_entries_grow): of those loaded last, and no dump tells which they are.
 */
import { type Branch, merge } from './branch.ts'
import { ask, type Truth } from './match/truth.ts'
import type { Hook } from './packet.ts'

export interface Stage {
  /** `iptables-nft`, `chain forward of table inet fw`. */
  readonly name: string
  /** Of iptables. */
  readonly table?: string
  readonly priority: number
  /** False: it does nothing there, whoever comes first. */
  readonly acts: boolean
  readonly run: (branches: readonly Branch[]) => Branch[]
}

export type Split = (branch: Branch, truth: Truth) => { yes: Branch[]; no: Branch[] }

/** More orders than those of so many are not told apart. */
const MAX_EQUALS = 3

export function inOrder(stages: readonly Stage[], hook: Hook, split: Split, branches: readonly Branch[]): Branch[] {
  const priorities = [...new Set(stages.map(({ priority }) => priority))].sort((a, b) => a - b)
  let live = [...branches]
  for (const priority of priorities) {
    const equals = stages.filter((stage) => stage.priority === priority)
    const acting = equals.filter(({ acts }) => acts)
    if (acting.length < 2) live = oneByOne(equals, live)
    else if (acting.length > MAX_EQUALS)
      live = oneByOne(
        [...acting].reverse(),
        live.map((each) => supposed(each, hook))
      )
    else live = merge(inAnyOrder(acting, hook, split, live))
  }
  return live
}

function oneByOne(stages: readonly Stage[], branches: readonly Branch[]): Branch[] {
  return stages.reduce((live, stage) => stage.run(live), [...branches])
}

function supposed(branch: Branch, hook: Hook): Branch {
  const assumption = `of chains of equal priority at ${hook} those listed last come first`
  return branch.assumptions.includes(assumption)
    ? branch
    : { ...branch, assumptions: [...branch.assumptions, assumption] }
}

function inAnyOrder(stages: readonly Stage[], hook: Hook, split: Split, branches: readonly Branch[]): Branch[] {
  if (stages.length < 2) return oneByOne(stages, branches)
  const done: Branch[] = []
  let rest = [...branches]
  for (const [at, stage] of stages.entries()) {
    const others = stages.filter((other) => other !== stage)
    if (at === stages.length - 1) {
      done.push(...inAnyOrder(others, hook, split, stage.run(rest)))
      break
    }
    const sides = rest.map((branch) => split(branch, comesFirst(stage, others, hook)))
    rest = sides.flatMap(({ no }) => no)
    done.push(...inAnyOrder(others, hook, split, stage.run(sides.flatMap(({ yes }) => yes))))
  }
  return done
}

function comesFirst({ name, table }: Stage, others: readonly Stage[], hook: Hook): Truth {
  const where = table !== undefined && others.every((other) => other.table === table) ? `${table} ${hook}` : hook
  const text = `${name} comes before ${others.map((other) => other.name).join(' and ')} in ${where}`
  return ask({ id: text, text, reason: 'the kernel asks first whichever was loaded last, and no dump tells' })
}
