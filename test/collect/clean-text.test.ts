import test from 'ava'
import { cleanLine, cleanText } from '../../src/collect/clean-text.ts'

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl'
const texts: [given: string, kept: string | null][] = [
  ['', null],
  ['\n \n', null],
  [
    '# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n',
    '# Warning: iptables-legacy tables present, use iptables-legacy-save to see them'
  ],
  ['\u001b[31merror\u001b[0m: \u0007bad\u202e\r\nnext\tline\r', 'error: bad\nnext line'],
  [`Unauthorized: ${JWT}`, 'Unauthorized: [token]'],
  ['Authorization: Bearer abcdef0123456789', 'Authorization: Bearer [token]'],
  ['kubectl --token=abc123 get', 'kubectl --token=[removed] get'],
  ['{"password": "hunter2", "user": "u"}', '{"password": [removed], "user": "u"}'],
  ['https://user:pa55@proxy:3128/ refused', 'https://proxy:3128/ refused'],
  ['GET https://h/?access_token=abc&x=1', 'GET https://h/?access_token=[removed]&x=1'],
  ['env: DB_PASSWORD=hunter2 HOME=/root', 'env: DB_PASSWORD=[removed] HOME=/root'],
  ['client-key-data: LS0tLS1CRUdJTg==', 'client-key-data: [removed]'],
  ['"token":"hunter2"', '"token":[removed]'],
  ["password: 'two words'", 'password: [removed]'],
  ['curl --token hunter2 --silent', 'curl --token [removed] --silent'],
  ['joined with abcdef.0123456789abcdef', 'joined with [token]'],
  ['K10aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899::server:hunter2', '[token]'],
  ['AKIAIOSFODNN7EXAMPLE', '[token]'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nbye', '[key]\nbye'],
  ['wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY1', '[removed]'],
  [
    'Error from server (NotFound): secrets "db-password" not found',
    'Error from server (NotFound): secrets "db-password" not found'
  ],
  [
    'User "system:serviceaccount:snap:collector" cannot list resource "pods"',
    'User "system:serviceaccount:snap:collector" cannot list resource "pods"'
  ],
  [
    'container "a" in pod "traefik-59cfdc49c7-dmm58" is waiting to start: ContainerCreating',
    'container "a" in pod "traefik-59cfdc49c7-dmm58" is waiting to start: ContainerCreating'
  ],
  [
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
  ],
  ['-A KUBE-SEP-KMVPRKWYUAEHZ75E -j DNAT', '-A KUBE-SEP-KMVPRKWYUAEHZ75E -j DNAT']
]
for (const [given, kept] of texts) test(`stderr ${JSON.stringify(given)}`, (t) => t.is(cleanText(given), kept))

test('what a command says is bounded, and what it writes does not make the patterns go over it again and again', (t) => {
  t.regex(cleanText('x '.repeat(50_000))!, /^(x ){2000} \[cut off\]$/)
  for (const piece of [
    'a-',
    'a.',
    '-',
    '.',
    'eyJ-',
    'eyJabcdefgh.',
    'x',
    'Aa1',
    'token',
    'token=',
    ' token ',
    '"',
    'password="',
    'a://',
    ' --token ',
    '-----BEGIN ',
    '\u001b[0',
    'Bearer ',
    '\n',
    '\0'
  ]) {
    const said = cleanText(`begin ${piece.repeat(64 * 1024)}`)!
    t.true(said.startsWith('begin') && said.length < 4100, piece)
    t.true(
      said.split(/\s/).every((word) => word.length <= 1000),
      piece
    )
  }
})

test('a credential on the edge of what is looked at is not shown in part', (t) => {
  const said = cleanText(
    `${'-----BEGIN PRIVATE KEY-----x-----END PRIVATE KEY----- '.repeat(305)}token=${'hunter2'.repeat(40)}`
  )!
  t.notRegex(said, /hunter/)
  t.notRegex(cleanText('password="two words')!, /two|words/)
})

const lines: [given: string, line: string | null][] = [
  ['', null],
  ['Warning: v1 Endpoints is deprecated\nerror: container not found ("c")\n', 'error: container not found ("c")'],
  ['one\ntwo\n', 'two'],
  ['Permission denied (publickey).\nbye\n', 'Permission denied (publickey).']
]
for (const [given, line] of lines) test(`one line of ${JSON.stringify(given)}`, (t) => t.is(cleanLine(given), line))
