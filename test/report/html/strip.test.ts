import test from 'ava'
import { drawStrip } from '../../../src/report/html/sections/strip.ts'

test('what is not known, a zero and a number are drawn apart', (t) => {
  const { text } = drawStrip({ title: 'Errors', counts: [null, null, 0, 4], absent: 'not checked', style: 'error', atLeast: new Set([3]) }, ['d1', 'd2', 'd3', 'd4'])
  t.deepEqual([...text.matchAll(/<rect class="(\w+)"[^>]*><title>(.*?)<\/title>/g)].map(([, kind, title]) => `${kind}: ${title}`), [
    'absent: d1 to d2: not checked', 'zero: d3: 0', 'bar: d4: at least 4'
  ])
  t.regex(text, /aria-label="Errors: at most 4 in one of 4 snapshots, 2 not checked\./)
})
