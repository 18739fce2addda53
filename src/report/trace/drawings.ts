import { dot } from './dot.ts'
import type { Box } from './graph.ts'
import { mermaid } from './mermaid.ts'
import { svg } from './svg.ts'

/** By the name the user gives. */
export const drawings: ReadonlyMap<string, (root: Box) => string> = new Map([
  ['mermaid', mermaid],
  ['dot', dot],
  ['svg', svg]
])
