import test from 'ava'
import { sparkline } from '../../../src/report/history/sparkline.ts'

const CASES: [values: (number | null)[], options: { width: number; ascii: boolean }, line: string, each: number][] = [
  [[1, 2, 3, 4, 5, 6, 7, 8], { width: 80, ascii: false }, '▁▂▃▄▅▆▇█', 1],
  [[1, 2, 3, 4, 5, 6, 7, 8], { width: 80, ascii: true }, '.-:=+*#@', 1],
  [[0, null, 8, 1], { width: 80, ascii: false }, '_?█▁', 1],
  [[0, 0], { width: 80, ascii: false }, '__', 1],
  [[null], { width: 80, ascii: false }, '?', 1],
  [[], { width: 80, ascii: false }, '', 1],
  // A day without endpoints is not averaged away.
  [[8, 8, 0, 8, 8, null], { width: 3, ascii: false }, '█_█', 2]
]

for (const [values, options, line, each] of CASES) {
  test(`${JSON.stringify(values)} in ${options.width} columns${options.ascii ? ', ASCII' : ''}`, (t) =>
    t.deepEqual(sparkline(values, options), { line, each }))
}
