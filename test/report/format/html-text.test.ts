import test from 'ava'
import { htmlText } from '../../../src/report/format/html-text.ts'

const CASES: readonly (readonly [text: string, html: string])[] = [
  ['demo/web:http 10.43.0.1', 'demo/web:http 10.43.0.1'],
  ['<script>alert(1)</script>', '&#60;script&#62;alert(1)&#60;/script&#62;'],
  [`"a' onload='x`, '&#34;a&#39; onload=&#39;x'],
  ['&lt;', '&#38;lt;'],
  ['\u001b[31mred\u0000\u202e', '\\x1b[31mred\\x00\\u202e'],
  ['two\nlines', 'two\\nlines'],
  ['näme 🙂', 'näme 🙂']
]

for (const [text, html] of CASES) {
  test(`${JSON.stringify(text)} shows as text`, (t) => t.is(htmlText(text), html))
}
