import test from 'ava'
import { type Diff, objectChange } from '../../../src/ask/diff/change.ts'
import { diffHtml } from '../../../src/report/diff/html.ts'

const HOSTILE = '</h3><script>alert(1)</script>\u202e'
const of = { section: 'service', namespace: 'demo', object: `demo/${HOSTILE}` } as const

const diff: Diff = {
  before: 'A',
  after: 'B',
  unknown: [{ subject: HOSTILE, side: 'after', reason: '<b>refused' }],
  changes: [
    objectChange(of, 'field', 'labels', '{}', JSON.stringify({ a: HOSTILE })),
    {
      ...objectChange(of, 'rules', 'alone', 1, 0),
      nodes: ['n1'],
      of: 2,
      family: 'ipv4',
      rules: [
        {
          sign: '-',
          table: 'nat',
          chain: 'X',
          kind: 'other',
          hash: null,
          line: `-A X -m comment --comment "${HOSTILE}" -j ACCEPT`
        }
      ]
    }
  ]
}

test('whatever a snapshot holds shows as text, and nothing is asked for', (t) => {
  const page = diffHtml(diff, { rules: true })
  t.false(/<script|<b>|\u202e|https?:|src=|href=/.test(page))
  t.is(page.split('&#60;script&#62;').length - 1, 5)
  t.true(page.includes('<span class="removed">− -A X'))
  t.true(page.includes("default-src 'none'"))
  t.regex(page, /<article class="alarming">/)
})

test('no difference', (t) => {
  t.regex(diffHtml({ before: 'A', after: 'B', changes: [], unknown: [] }, { rules: true }), /<p>no difference<\/p>/)
})
