import type { Literal, Reject } from './expression.ts'

/** Port unreachable is what no word means too. */
export function rejection(type: string, code: Literal): Reject {
  return code === 'port-unreachable' ? { kind: 'reject' } : { kind: 'reject', type, code }
}
