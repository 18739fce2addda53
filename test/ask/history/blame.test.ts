import test from 'ava'
import { type BlamedChain, blame } from '../../../src/ask/history/blame.ts'
import { blameRows, blameText } from '../../../src/report/history/blame.ts'
import type { Store } from '../../../src/store/open.ts'
import { hasCaptures } from '../../support/capture.ts'
import { dayName, dumpSnapshot, storeOf } from '../../support/dump-snapshot.ts'
import { dayName as weekDay, weekStore } from '../../support/week.ts'

const dump = (...rules: string[]) =>
  `*filter\n:INPUT ACCEPT [0:0]\n:OWN - [0:0]\n${rules.map((rule) => `-A OWN ${rule}\n`).join('')}COMMIT\n`
const on = (node: string, ...rules: string[]) => ({ node, text: dump(...rules) })
const [A, B, C] = ['-s 192.0.2.1/32 -j ACCEPT', '-s 192.0.2.2/32 -j DROP', '-j RETURN'] as const

const history = () =>
  storeOf([
    dumpSnapshot(0, [on('a', A, C), on('b', A, C)]),
    dumpSnapshot(1, [on('a', A, B, C)]),
    dumpSnapshot(2, [on('a', A, B, C), on('b', A, B, C)]),
    dumpSnapshot(3, [on('a', B, C), on('b', A, B, C)]),
    dumpSnapshot(4, [on('a', A, B, C), on('b', A, B, C)])
  ])

const blamed = (store: Store, day: number) => blame(store, { snapshot: dayName(day), chain: 'OWN' })
const since = (chains: readonly BlamedChain[]) =>
  chains.map(({ nodes, rules }) => [
    nodes.join(' '),
    ...rules.map((rule) => `${rule.text} ${rule.since}${rule.isOldest ? ' or longer' : ''}`)
  ])

test('since when each rule stands, without a snapshot that lacks it; one that was not read is passed over', async (t) => {
  const store = await history()
  t.deepEqual(since(blamed(store, 4)), [
    ['a', `${A} ${dayName(4)}`, `${B} ${dayName(1)}`, `${C} ${dayName(0)} or longer`],
    ['b', `${A} ${dayName(0)} or longer`, `${B} ${dayName(2)}`, `${C} ${dayName(0)} or longer`]
  ])
  t.deepEqual(since(blamed(store, 0)), [['a b', `${A} ${dayName(0)} or longer`, `${C} ${dayName(0)} or longer`]])
  t.deepEqual(blame(store, { snapshot: dayName(4), chain: 'OTHER' }), [])
  t.is(blame(store, { snapshot: dayName(4), chain: 'OWN', node: 'b' })[0]!.of, 1)
})

test('days imported in another order are the same past', async (t) => {
  const days = [[on('a', A)], [on('a', A, B)], [on('a', A, C)]].map((dumps, day) => dumpSnapshot(day, dumps))
  const [forward, backward] = [await storeOf(days), await storeOf(days.toReversed())]
  t.deepEqual(blamed(forward, 2), blamed(backward, 2))
})

test('printed as git blame does, and as rows', async (t) => {
  const chains = blamed(await history(), 4)
  t.is(
    blameText(chains),
    [
      'filter OWN only on a',
      ` ${dayName(4)}    1  ${A}`,
      ` ${dayName(1)}    2  ${B}`,
      `^${dayName(0)}    3  ${C}`,
      '',
      'filter OWN only on b',
      `^${dayName(0)}    1  ${A}`,
      ` ${dayName(2)}    2  ${B}`,
      `^${dayName(0)}    3  ${C}`,
      ''
    ].join('\n')
  )
  const { columns, rows } = blameRows(chains)
  t.is(rows.length, 6)
  t.true(rows.every((row) => row.length === columns.length))
})

const whenCaptured = hasCaptures ? test : test.skip

whenCaptured(
  'an endpoint that stays is told, although kube-proxy wrote its rule anew with another probability',
  async (t) => {
    const store = await weekStore()
    const rules = blame(store, { snapshot: weekDay(2), chain: 'KUBE-SVC-XRY76EGRC3BSCIIJ' })[0]!.rules
    t.deepEqual(
      rules.map(({ since, targetSince }) => [since, targetSince].map((name) => Number(name.slice(8, 10)) - 21)),
      [
        [2, 1],
        [2, 2],
        [2, 1],
        [2, 1],
        [2, 1],
        [2, 2],
        [2, 2],
        [1, 1]
      ]
    )
  }
)
