/** Text and JSON of rules, by example: what is known, what is kept, what is not lost. */
import test from 'ava'
import fc from 'fast-check'
import { printRuleset, ruleText } from '../../../src/parse/nft/print.ts'
import { readRuleset } from '../../../src/parse/nft/read.ts'
import type { NftRule } from '../../../src/parse/nft/ruleset.ts'

function ruleOf(line: string): NftRule {
  return readRuleset(`table ip t {\n\tchain c {\n\t\t${line}\n\t}\n}\n`).tables[0]!.chains.get('c')!.rules[0]!
}

const KINDS: readonly (readonly [line: string, kinds: string])[] = [
  ['ip daddr 10.0.0.1 tcp dport 80 accept', 'match match verdict'],
  ['meta mark set mark or 0x2000', 'assign'],
  ['tcp flags syn / fin,syn,rst,ack drop', 'match verdict'],
  ['dnat ip addr . port to ip daddr . tcp dport map @m', 'nat'],
  ['redirect to :tcp dport map { 22 : 1022 }', 'nat'],
  ['dnat to [fd00::1]-[fd00::9]:80-90 random', 'nat'],
  ['set update ip saddr timeout 10s @clients', 'update'],
  ['reject with icmp type host-unreachable', 'reject'],
  ['queue to 1-3', 'named'],
  ['ct helper set "ftp"', 'object'],
  ['tcp option maxseg size set rt mtu', 'assign'],
  ['ip saddr 1.2.3.4 frobnicate 7 accept', 'match unread'],
  ['tcp dport 80 xt target "DNAT"', 'match named'],
  ['iifname . ipsec in reqid @s accept', 'unread'],
  ['meta mark set frobnicate map { 1 : 2 } accept', 'unread'],
  ['frag frag-off @s accept', 'match verdict'],
  ['tcp dport 80 counter packets 0 bytes 0 ', 'match counter unread'],
  ['meta l4proto tcp  tcp dport 80 drop', 'match unread match verdict'],
  [' counter packets 1 bytes 2 jump x', 'unread counter verdict']
]

for (const [line, kinds] of KINDS) {
  test(`${line}: ${kinds}`, (t) => {
    t.is(
      ruleOf(line)
        .statements.map(({ kind }) => kind)
        .join(' '),
      kinds
    )
  })
}

test('the rest of a rule that is not understood is kept, its comment and handle too', (t) => {
  t.is(
    ruleText(ruleOf('ip saddr 1.2.3.4 frobnicate { 7, 8 } accept # handle 9')),
    'ip saddr 1.2.3.4 frobnicate { 7, 8 } accept'
  )
})

test('what is not understood in a table is named, and the rest of the table read', (t) => {
  const { tables, problems } = readRuleset(
    'hello\ntable ip t {\n\tset s {\n\t\ttype ?\n\t\tbad bad\n\t}\n\tchain c {\n\t\taccept\n\t}\n}\nbye\n'
  )
  t.deepEqual(
    problems.map(({ line, text }) => [line, text]),
    [
      [1, 'hello'],
      [11, 'bye']
    ]
  )
  t.is(tables[0]!.chains.get('c')!.rules.length, 1)
  t.is(tables[0]!.unread.length, 1)
})

test('bits of one element and the next element are told apart', (t) => {
  const text = 'table ip t {\n\tset s {\n\t\ttype tcp_flag\n\t\telements = { fin | ack, syn }\n\t}\n}\n'
  const again = readRuleset(printRuleset(readRuleset(text))).tables[0]!.sets.get('s')!
  t.deepEqual(again.elements, [{ key: { kind: 'list', items: ['fin', 'ack'] } }, { key: 'syn' }])
})

test('a listing that broke off is known to have', (t) => {
  const whole = 'table ip t {\n\tchain c {\n\t\taccept\n\t\tdrop\n\t}\n}\n'
  t.true(readRuleset(whole).complete)
  for (let end = 12; end < whole.length - 2; end++) t.false(readRuleset(whole.slice(0, end)).complete, `${end}`)
  t.false(readRuleset('{"nftables": [{"table": {"family": "ip"').complete)
})

test('JSON of other releases: one flag, lists of two and more, what is not known', (t) => {
  const json = (expr: unknown[], set: object = {}) => ({
    nftables: [
      { table: { family: 'ip', name: 't' } },
      { chain: { family: 'ip', table: 't', name: 'c' } },
      { set: { family: 'ip', table: 't', name: 's', type: ['ipv4_addr', 'inet_service'], flags: 'timeout', ...set } },
      { rule: { family: 'ip', table: 't', chain: 'c', expr } }
    ]
  })
  const flags = { payload: { protocol: 'tcp', field: 'flags' } }
  const read = readRuleset(
    JSON.stringify(
      json([
        { match: { op: '==', left: { '&': [flags, { '|': ['fin', 'syn', 'rst'] }] }, right: 'syn' } },
        { unheard: { of: 1 } },
        { drop: null }
      ])
    )
  ).tables[0]!
  t.deepEqual(read.sets.get('s')!.flags, ['timeout'])
  t.is(read.sets.get('s')!.type, 'ipv4_addr . inet_service')
  t.is(ruleText(read.chains.get('c')!.rules[0]!), 'tcp flags syn / fin,syn,rst {"unheard":{"of":1}} drop')
  t.regex(printRuleset({ tables: [read], problems: [], complete: true }), /# not read: tcp flags/)
})

test('nothing that looks like a ruleset makes the reader throw, and each character is read a fixed number of times', (t) => {
  const piece = fc.constantFrom(
    'table',
    'ip',
    't',
    '{',
    '}',
    '\n',
    'chain',
    'c',
    '"',
    '# handle 3',
    ';',
    'set',
    'elements',
    '=',
    ',',
    ':',
    '.',
    'ip saddr',
    '10.0.0.1',
    '@s',
    '(',
    'map',
    'vmap',
    'accept',
    ' ',
    '\t',
    'dnat to',
    '80',
    'ct',
    'type',
    '&'
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      readRuleset(`table ip t {\nchain c {\n${pieces.join(' ')}`)
      readRuleset(pieces.join(' '))
    }),
    { numRuns: 2000 }
  )
  t.pass()
})
