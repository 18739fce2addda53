/** Jump graphs whose walk doubles at each chain, or goes deeper than the stack: it ends, and what is behind its end is unknown. */
import test from 'ava'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import { NODE, rules, send, THROUGH } from './rules.ts'

const chains = (length: number, rule: (chain: string, next: string) => string): string =>
  [
    'filter FORWARD -j C0',
    ...Array.from({ length }, (_, at) => rule(`C${at}`, `C${at + 1}`)),
    `filter C${length} -m comment --comment end -j RETURN`
  ].join('\n')

const twice = (condition: string) => (chain: string, next: string) =>
  `filter ${chain} ${condition}-j ${next}\nfilter ${chain} ${condition}-j ${next}`

const GRAPHS: readonly [string, string, RegExp][] = [
  ['always', chains(40, twice('')), /more than 1000 steps on one way/],
  [
    'by chance',
    chains(40, twice('-m statistic --mode random --probability 0.50000000000 ')),
    /more than 1000 steps on one way|more than 200000 calls of chains/
  ],
  ['by depth', chains(5000, (chain, next) => `filter ${chain} -j ${next}`), /more than 200 chains within one another/],
  ['by goto', chains(5000, (chain, next) => `filter ${chain} -g ${next}`), /more than 200 chains within one another/],
  ['in a ring', 'filter FORWARD -j A\nfilter A -j B\nfilter B -j A', /leads back to itself/]
]

for (const [how, text, why] of GRAPHS)
  test(`jumps that multiply ${how} end as unknown`, (t) => {
    const unknown = send(text).filter(({ verdict }) => verdict === 'unknown')
    t.true(unknown.length > 0)
    t.true(
      unknown.every((outcome) => why.test(outcome.why)),
      unknown[0]?.why
    )
    t.true(unknown.every(({ steps }) => steps.length < 1500))
  })

test('a graph that doubles where no packet goes is no hindrance', (t) => {
  const [outcome] = send(chains(40, twice('-s 203.0.113.9/32 ')))
  t.is(outcome?.verdict, 'accepted')
})

test('rules that one packet gave up hold up the next ones less', (t) => {
  const graph = rules(chains(40, twice('-m statistic --mode random --probability 0.5 ')))
  const reasons = () =>
    evaluate(graph, NODE, THROUGH)
      .map(({ why }) => why)
      .join()
  t.regex(reasons(), /more than 200000 calls/)
  t.regex(reasons(), /more than 2000 calls/)
})
