import type { Expression, Literal, Operator } from './expression.ts'

/** `fin | syn` is a list of bits. */
export function combine(operator: Operator, left: Expression, right: Expression): Expression {
  const [first, second] = operator === '|' ? [bits(left), bits(right)] : []
  if (first && second) return { kind: 'list', items: [...first, ...second] }
  return { kind: 'binary', operator, left, right }
}

function bits(expression: Expression): readonly Literal[] | undefined {
  if (typeof expression !== 'object') return [expression]
  return expression.kind === 'list' ? expression.items : undefined
}
