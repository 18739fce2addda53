import test from 'ava'
import { drawStrip } from '../../../src/report/html/sections/strip.ts'

test('what is not known, a zero and a number are drawn apart', (t) => {
  const { text } = drawStrip(
    { title: 'Errors', counts: [null, null, 0, 4, 0], absent: 'not checked', style: 'error', atLeast: new Set([3, 4]) },
    ['d1', 'd2', 'd3', 'd4', 'd5']
  )
  t.deepEqual(
    [...text.matchAll(/<rect class="(\w+)"[^>]*><title>(.*?)<\/title>/g)].map(([, kind, title]) => `${kind}: ${title}`),
    ['absent: d1 to d2: not checked', 'zero: d3: 0', 'bar: d4: at least 4', 'unsure: d5: at least 0']
  )
  t.regex(text, /aria-label="Errors: at most 4 in one of 5 snapshots, 2 not checked\./)
})
