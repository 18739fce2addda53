/** Which changes of order are changes. */
import test from 'ava'
import { balanceAlike } from '../../../src/ask/diff/balance.ts'
import type { StoredRule } from '../../../src/ask/diff/chain-rules.ts'
import { movedRules } from '../../../src/ask/diff/dispatch-order.ts'
import { commonOrder } from '../../../src/ask/diff/sequence.ts'
import { ruleColumns } from '../../../src/model/rule-columns.ts'

const rules = (...texts: string[]): StoredRule[] =>
  texts.map((text, id) => ({ id, rank: id, text, ...ruleColumns(text) }))

const WEB = '-d 10.43.0.1/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A'
const MASQ = '! -s 10.42.0.0/16 -d 10.43.0.1/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ'
const DNS = '-d 10.43.0.10/32 -p udp -m udp --dport 53 -j KUBE-SVC-B'
const HTTPS = '-d 10.43.0.1/32 -p tcp -m tcp --dport 443 -j KUBE-SVC-C'
const LOCAL = '-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS'
const NODE_PORT = '-p tcp -m tcp --dport 80 -j KUBE-SVC-D'
const OTHER_HOST = '-d 10.43.0.1/32 -j DROP'
const REJECT = (text: string) => text.replace(/-j .*/, '-j REJECT --reject-with icmp-port-unreachable')

const DISPATCH: [name: string, before: string[], after: string[], moves: boolean][] = [
  ['other hosts and ports', [WEB, DNS, HTTPS], [HTTPS, WEB, DNS], false],
  ['the same host and port', [MASQ, WEB], [WEB, MASQ], true],
  ['the rule for all that is left comes first', [WEB, LOCAL], [LOCAL, WEB], true],
  ['a node port and an address of that port', [NODE_PORT, WEB], [WEB, NODE_PORT], true],
  ['a node port and an address of another port', [NODE_PORT, HTTPS], [HTTPS, NODE_PORT], false],
  ['all ports of one host, and one port of all hosts', [NODE_PORT, OTHER_HOST], [OTHER_HOST, NODE_PORT], true],
  ['all reject alike', [REJECT(NODE_PORT), REJECT(WEB)], [REJECT(WEB), REJECT(NODE_PORT)], false]
]

for (const [name, before, after, moves] of DISPATCH) {
  test(`dispatch: ${name}: ${moves ? 'a change' : 'no change'}`, (t) => {
    const { removed, added } = movedRules(rules(...before), rules(...after))
    t.is(removed.length > 0, moves)
    t.deepEqual(
      removed.map(({ text }) => text),
      added.map(({ text }) => text)
    )
    t.deepEqual(movedRules(rules(...before), rules(...before)), { removed: [], added: [] })
  })
}

const to = (chain: string, chance?: number) =>
  `${chance === undefined ? '' : `-m statistic --mode random --probability ${chance.toFixed(11)} `}-j KUBE-SEP-${chain}`
const STICKY =
  '-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-A --mask 255.255.255.255 --rsource -j KUBE-SEP-A'

const BALANCE: [name: string, before: string[], after: string[], alike: boolean][] = [
  [
    'endpoints in another order',
    [to('A', 1 / 3), to('B', 1 / 2), to('C')],
    [to('C', 1 / 3), to('A', 1 / 2), to('B')],
    true
  ],
  ['other shares', [to('A', 1 / 2), to('B')], [to('A', 1 / 3), to('B')], false],
  ['another endpoint', [to('A', 1 / 2), to('B')], [to('A', 1 / 2), to('C')], false],
  ['one that gets nothing', [to('A'), to('B')], [to('B'), to('A')], false],
  ['an affinity rule after the choice', [STICKY, to('A')], [to('A'), STICKY], false]
]

for (const [name, before, after, alike] of BALANCE) {
  test(`choice: ${name}: ${alike ? 'alike' : 'not alike'}`, (t) =>
    t.is(balanceAlike(rules(...before), rules(...after)), alike))
}

test('common order: the longest, the same from both sides', (t) => {
  t.deepEqual(commonOrder(['a', 'b', 'c', 'd'], ['b', 'd', 'a', 'c']).length, 2)
  t.deepEqual(commonOrder(['a', 'b', 'a'], ['a', 'a', 'b']).length, 2)
  const [one, other] = [
    ['a', 'b', 'c'],
    ['c', 'b', 'a']
  ]
  t.deepEqual(
    commonOrder(one, other),
    commonOrder(other, one).map(([b, a]) => [a, b])
  )
})
