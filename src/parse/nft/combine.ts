import type { Expression, Literal, Operator } from './expression.ts'

/** `fin | syn` is a list of bits. */
export function combine(operator: Operator, left: Expression, right: Expression): Expression {
  const [first, second] = operator === '|' ? [bits(left), bits(right)] : []
  if (first && second) {
    // The list grows in place: its left part is not used again, and a chain of bits may be long.
    first.push(...second)
    return { kind: 'list', items: first }
  }
  return { kind: 'binary', operator, left, right }
}

function bits(expression: Expression): Literal[] | undefined {
  if (typeof expression !== 'object') return [expression]
  return expression.kind === 'list' ? (expression.items as Literal[]) : undefined
}
