import test from 'ava'
import { deviations, type Observed } from '../../../src/model/intent/compare.ts'
import type { Intended } from '../../../src/model/intent/intent.ts'

const FRONTEND = '10.43.0.1:80'
const offer = (...destinations: string[]): Intended => ({
  verdict: 'accepted',
  destinations,
  masqueraded: false,
  mayPass: false,
  why: ''
})
const refusal = (verdict: 'rejected' | 'dropped', mayPass = false): Intended => ({
  verdict,
  destinations: [],
  masqueraded: 'unknown',
  mayPass,
  why: ''
})
const way = (destination: string, share: number, change: Partial<Observed> = {}): Observed => ({
  destination,
  share,
  verdict: 'accepted',
  masqueraded: false,
  condition: '',
  why: 'a rule',
  ...change
})

/** `extra a 0.5`, with ` if …` for a condition. */
function said(observed: Observed[], intents: Intended[]): string[] {
  return deviations(observed, intents, FRONTEND).map(({ kind, what, share, condition }) =>
    [kind, ...what, share, condition && `if ${condition}`].filter((part) => part !== null && part !== '').join(' ')
  )
}

const CASES: [name: string, observed: Observed[], intents: Intended[], said: string[]][] = [
  ['as meant', [way('a', 0.5), way('b', 0.5)], [offer('a', 'b')], []],
  ['one that should not be', [way('a', 0.5), way('c', 0.5)], [offer('a')], ['extra c 0.5']],
  ['one that is missing', [way('a', 1)], [offer('a', 'b')], ['missing b']],
  ['uneven', [way('a', 0.75), way('b', 0.25)], [offer('a', 'b')], ['share a b 0.75']],
  ['rounded as kube-proxy does', [way('a', 0.33333), way('b', 0.33334), way('c', 0.33333)], [offer('a', 'b', 'c')], []],
  ['dropped', [way('a', 1, { verdict: 'dropped' })], [offer('a')], ['lost dropped by a rule 1']],
  ['left as it is', [way(FRONTEND, 1)], [offer('a')], ['lost no rule sends it to an endpoint 1']],
  ["an endpoint with the frontend's own address", [way(FRONTEND, 1)], [offer(FRONTEND)], []],
  [
    'half of it dropped',
    [way('a', 0.5), way(FRONTEND, 0.5)],
    [offer('a')],
    ['lost no rule sends it to an endpoint 0.5']
  ],
  ['masqueraded without need', [way('a', 1, { masqueraded: true })], [offer('a')], ['needless a 1']],
  ['not masqueraded', [way('a', 1)], [{ ...offer('a'), masqueraded: true }], ['masquerade a 1']],
  [
    'masquerading that cannot be told',
    [way('a', 1, { masqueraded: null })],
    [{ ...offer('a'), masqueraded: true }],
    []
  ],
  [
    'of a stranger it does not matter',
    [way('c', 1)],
    [{ ...offer('a'), masqueraded: true }],
    ['extra c 1', 'missing a']
  ],
  ['let in', [way('a', 1)], [refusal('rejected')], ['open a 1']],
  [
    'dropped for a reject',
    [way('a', 1, { verdict: 'dropped' })],
    [refusal('rejected')],
    ['refusal dropped by a rule 1']
  ],
  ['not refused', [way(FRONTEND, 1)], [refusal('dropped')], ['refusal no rule refuses it 1']],
  ['not refused, and need not be', [way(FRONTEND, 1)], [refusal('dropped', true)], []],
  ['what is not known to be meant', [way('c', 1)], [offer('a'), { ...refusal('dropped'), verdict: 'unknown' }], []],
  ['what is not known to happen', [way('c', 1, { verdict: 'unknown' })], [offer('a')], []],
  ['one of two that may be meant', [way('b', 1)], [offer('a'), offer('b')], []],
  ['none of two', [way('c', 1)], [offer('a'), offer('b')], ['extra c 1', 'missing a']],
  [
    'wrong in one case',
    [way('c', 1, { condition: 'x' }), way('a', 1, { condition: 'not: x' })],
    [offer('a')],
    ['extra c 1 if x', 'missing a if x']
  ],
  [
    'wrong in every case',
    [way('c', 1, { condition: 'x' }), way('d', 1, { condition: 'not: x' })],
    [offer('a')],
    ['extra d 1', 'missing a']
  ],
  [
    'wrong in the case kube-proxy leaves alone',
    [
      way(FRONTEND, 1, { condition: '-m physdev --physdev-is-in matches' }),
      way('a', 1, { condition: 'not: -m physdev --physdev-is-in matches' })
    ],
    [offer('a')],
    []
  ],
  [
    'what was taken for granted is said',
    [way('c', 1, { condition: 'granted' })],
    [offer('a')],
    ['extra c 1 if granted', 'missing a if granted']
  ],
  [
    'two questions',
    [
      way('a', 0.5),
      way('b', 0.5, { condition: 'x' }),
      way('b', 0.5, { condition: 'not: x and y' }),
      way('c', 0.5, { condition: 'not: x and not: y' })
    ],
    [offer('a', 'b')],
    ['extra c 0.5 if not: x and not: y', 'missing b if not: x and not: y']
  ]
]

for (const [name, observed, intents, expected] of CASES) {
  test(name, (t) => t.deepEqual(said(observed, intents), expected))
}
