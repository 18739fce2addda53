import test from 'ava'
import { cleanLine, cleanText } from '../../src/collect/clean-text.ts'

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl'
const texts: [given: string, kept: string | null][] = [
  ['', null],
  ['\n \n', null],
  ['# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n', '# Warning: iptables-legacy tables present, use iptables-legacy-save to see them'],
  ['\u001b[31merror\u001b[0m: \u0007bad\u202e\r\nnext\tline\r', 'error: bad\nnext line'],
  [`Unauthorized: ${JWT}`, 'Unauthorized: [token]'],
  ['Authorization: Bearer abcdef0123456789', 'Authorization: Bearer [token]'],
  ['kubectl --token=abc123 get', 'kubectl --token=[removed] get'],
  ['{"password": "hunter2", "user": "u"}', '{"password": [removed], "user": "u"}'],
  ['https://user:pa55@proxy:3128/ refused', 'https://proxy:3128/ refused'],
  ['GET https://h/?access_token=abc&x=1', 'GET https://h/?access_token=[removed]&x=1']
]
for (const [given, kept] of texts) test(`stderr ${JSON.stringify(given)}`, (t) => t.is(cleanText(given), kept))

test('what a command says is bounded', (t) => {
  t.regex(cleanText('x'.repeat(100_000))!, /^x{4000} \[cut off\]$/)
})

const lines: [given: string, line: string | null][] = [
  ['', null],
  ['Warning: v1 Endpoints is deprecated\nerror: container not found ("c")\n', 'error: container not found ("c")'],
  ['one\ntwo\n', 'two'],
  ['Permission denied (publickey).\nbye\n', 'Permission denied (publickey).']
]
for (const [given, line] of lines) test(`one line of ${JSON.stringify(given)}`, (t) => t.is(cleanLine(given), line))
