/**
 * How likely a branch is, as a function of conditions nobody can decide: a decision diagram whose leaves are
 * probabilities. Adding the two sides of a fork that came to the same end makes the condition vanish by itself,
 * and asking a condition again on one of its sides gives zero, so no question is asked twice.
 */

/** A condition of this evaluation; `order` is the order of first asking. */
export interface Asked {
  readonly order: number
}

export type Share<C extends Asked> = number | Fork<C>

export interface Fork<C extends Asked> {
  readonly condition: C
  readonly holds: Share<C>
  readonly fails: Share<C>
  /** Leaves below that are not zero: ways the conditions can be. */
  readonly size: number
}

export function sizeOf<C extends Asked>(share: Share<C>): number {
  return typeof share === 'number' ? Number(share !== 0) : share.size
}

/** Sums of products of doubles: equal within rounding is equal. */
const ROUNDING = 1e-12

export function scale<C extends Asked>(share: Share<C>, factor: number): Share<C> {
  if (typeof share === 'number') return share * factor
  return fork(share.condition, scale(share.holds, factor), scale(share.fails, factor))
}

/** The part of `share` in which `condition` is `value`. */
export function restrict<C extends Asked>(share: Share<C>, condition: C, value: boolean): Share<C> {
  if (share === 0) return 0
  if (typeof share === 'number' || share.condition.order > condition.order) {
    return fork(condition, value ? share : 0, value ? 0 : share)
  }
  if (share.condition.order === condition.order) {
    return fork(condition, value ? share.holds : 0, value ? 0 : share.fails)
  }
  return fork(share.condition, restrict(share.holds, condition, value), restrict(share.fails, condition, value))
}

export function add<C extends Asked>(a: Share<C>, b: Share<C>): Share<C> {
  if (a === 0) return b
  if (b === 0) return a
  if (typeof a === 'number') return typeof b === 'number' ? a + b : fork(b.condition, add(a, b.holds), add(a, b.fails))
  if (typeof b === 'number' || a.condition.order < b.condition.order) {
    return fork(a.condition, add(a.holds, b), add(a.fails, b))
  }
  if (a.condition.order > b.condition.order) return fork(b.condition, add(a, b.holds), add(a, b.fails))
  return fork(a.condition, add(a.holds, b.holds), add(a.fails, b.fails))
}

function fork<C extends Asked>(condition: C, holds: Share<C>, fails: Share<C>): Share<C> {
  return same(holds, fails) ? holds : { condition, holds, fails, size: sizeOf(holds) + sizeOf(fails) }
}

function same<C extends Asked>(a: Share<C>, b: Share<C>): boolean {
  if (a === b) return true
  if (typeof a === 'number') return typeof b === 'number' && Math.abs(a - b) < ROUNDING
  if (typeof b === 'number' || a.condition !== b.condition) return false
  return same(a.holds, b.holds) && same(a.fails, b.fails)
}

export interface Case<C> {
  readonly share: number
  readonly conditions: readonly { readonly condition: C; readonly holds: boolean }[]
}

/** Every way the conditions can be in which the share is not zero, conditions in the order of asking. */
export function cases<C extends Asked>(share: Share<C>): readonly Case<C>[] {
  const found: Case<C>[] = []
  const path: { condition: C; holds: boolean }[] = []
  const descend = (at: Share<C>): void => {
    if (typeof at === 'number') {
      if (at !== 0) found.push({ share: at, conditions: [...path] })
      return
    }
    for (const holds of [true, false]) {
      path.push({ condition: at.condition, holds })
      descend(holds ? at.holds : at.fails)
      path.pop()
    }
  }
  descend(share)
  return found
}

/** True when some packet goes this way while the conditions are as in `which`. */
export function reaches<C extends Asked>(share: Share<C>, { conditions }: Case<C>, from = 0): boolean {
  if (typeof share === 'number') return share !== 0
  let at = from
  while (at < conditions.length && conditions[at]!.condition.order < share.condition.order) at++
  const decided = conditions[at]?.condition === share.condition ? conditions[at] : undefined
  const way = (side: Share<C>) => reaches(side, { share: 0, conditions }, at)
  return decided ? way(decided.holds ? share.holds : share.fails) : way(share.holds) || way(share.fails)
}
