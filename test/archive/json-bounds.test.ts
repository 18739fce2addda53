import test from 'ava'
import { jsonProblem, looksLikeJson } from '../../src/archive/json-bounds.ts'

const DEEP = `${'['.repeat(101)}${']'.repeat(101)}`

for (const [what, before] of Object.entries({
  nothing: '',
  '64 blanks': ' '.repeat(64),
  'a thousand blanks of each kind': ' \t\r\n'.repeat(1000),
  'a byte order mark': '\ufeff',
  'a byte order mark and blanks': `\ufeff${'\n'.repeat(100)}`,
  'a list': '['
}))
  test(`the bounds hold behind ${what}`, (t) => {
    const json = Buffer.from(`${before}${DEEP}`)
    t.true(looksLikeJson(json))
    t.regex(jsonProblem(json) ?? '', /nested deeper/)
  })

test('a field __proto__ is seen however far its colon is', (t) => {
  for (const blanks of ['', ' '.repeat(64), '\n'.repeat(1000)]) {
    t.regex(jsonProblem(Buffer.from(`{"__proto__"${blanks}:1}`)) ?? '', /__proto__/)
    t.is(jsonProblem(Buffer.from(`["__proto__"${blanks}]`)), null)
  }
})

test('what JSON does not take as a beginning is no JSON', (t) => {
  for (const text of ['', ' ', '# [', '// {', 'a {', '\u00a0[', '*nat']) t.false(looksLikeJson(Buffer.from(text)))
})
