import test from 'ava'
import { chainsLacking } from '../../../src/parse/iptables/chains-lacking.ts'
import { sampleItems } from '../../support/sample.ts'

const CASES: readonly [string, string, ReturnType<typeof chainsLacking>][] = [
  ['a jump to a chain that is not there', '*nat\n:A - [0:0]\n-A A -j B\n', [{ table: 'nat', chains: ['B'] }]],
  ['a goto, behind counters', '*nat\n:A - [0:0]\n[1:2] -A A -p tcp -g B\n', [{ table: 'nat', chains: ['B'] }]],
  [
    'a chain of that name in another table',
    '*raw\n:B - [0:0]\n*nat\n:A - [0:0]\n-A A -j B\n',
    [{ table: 'nat', chains: ['B'] }]
  ],
  ['a target', '*nat\n:A - [0:0]\n-A A -j MASQUERADE --random-fully\n-A A -j RETURN\n', []],
  ['a comment that reads like a jump', '*nat\n:A - [0:0]\n-A A -m comment --comment "x -j B" -j RETURN\n', []],
  ['hooks of a table that kube-proxy has no rules in', '*nat\n:OUTPUT ACCEPT [0:0]\n', []],
  [
    'hooks of a table of kube-proxy',
    '*nat\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n',
    [{ table: 'nat', chains: ['PREROUTING'] }]
  ]
]

for (const [what, dump, lacking] of CASES) test(what, (t) => t.deepEqual(chainsLacking(dump), lacking))

test('a dump as iptables-save printed it lacks none', async (t) => {
  const dumps = (await sampleItems('2026-11-22T12-00-00Z')).filter(({ kind }) => /^ip6?tables-save$/.test(kind))
  t.true(dumps.length > 0)
  for (const { content } of dumps) t.deepEqual(chainsLacking(content!.toString('latin1')), [])
})
