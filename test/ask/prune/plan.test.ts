import test from 'ava'
import fc from 'fast-check'
import { type HeldItem, type Holdings, holdings } from '../../../src/ask/prune/holdings.ts'
import { kept, readKeep } from '../../../src/ask/prune/keep.ts'
import { readOlderThan } from '../../../src/ask/prune/older-than.ts'
import { type Candidate, plan } from '../../../src/ask/prune/plan.ts'
import type { ItemKind } from '../../../src/collect/item.ts'
import { EMPTY_LIST } from '../../../src/collect/redact/list.ts'
import { UserError } from '../../../src/problem.ts'

const WHOLE: Holdings = { objects: 2, rules: 3 }
const at = (text: string, holds = WHOLE): Candidate => ({ name: text, takenAt: new Date(text), holds, cluster: 'c' })
const NEW_YEAR = new Date('2027-01-01T00:00:00.000Z')

/** Twice a day through 2026. */
const year = Array.from({ length: 730 }, (_, half) =>
  at(new Date(Date.UTC(2026, 0, 1, 2) + half * 43_200_000).toISOString())
)

test('7 daily, 4 weekly, 12 monthly', (t) => {
  const reasons = kept(year, readKeep('7 daily, 4 weekly, 12 monthly'), 'UTC')
  const of = (unit: string) =>
    [...reasons].filter(([, units]) => units.includes(unit)).map(([name]) => name.slice(0, 10))
  t.deepEqual(of('daily'), [
    '2026-12-31',
    '2026-12-30',
    '2026-12-29',
    '2026-12-28',
    '2026-12-27',
    '2026-12-26',
    '2026-12-25'
  ])
  t.deepEqual(of('weekly'), ['2026-12-31', '2026-12-27', '2026-12-20', '2026-12-13'])
  t.deepEqual(of('monthly'), [
    '2026-12-31',
    '2026-11-30',
    '2026-10-31',
    '2026-09-30',
    '2026-08-31',
    '2026-07-31',
    '2026-06-30',
    '2026-05-31',
    '2026-04-30',
    '2026-03-31',
    '2026-02-28',
    '2026-01-31'
  ])
  t.true(
    [...reasons.keys()].every((name) => name.slice(11, 13) === '14'),
    'of two a day the later'
  )
})

test('days are those of the time zone', (t) => {
  const two = [at('2026-05-01T22:30:00.000Z'), at('2026-05-01T21:30:00.000Z')]
  t.is(kept(two, readKeep('5 daily'), 'Europe/Berlin').size, 2)
  t.is(kept(two, readKeep('5 daily'), 'UTC').size, 1)
})

test('the hour that a clock passes twice is two hours', (t) => {
  const two = [at('2026-10-25T00:30:00.000Z'), at('2026-10-25T01:30:00.000Z')]
  t.is(kept(two, readKeep('5 hourly'), 'Europe/Berlin').size, 2)
})

test('days without a snapshot do not count', (t) => {
  const sparse = [at('2026-01-01T00:00:00.000Z'), at('2026-03-01T00:00:00.000Z'), at('2026-09-01T00:00:00.000Z')]
  t.is(kept(sparse, readKeep('3 daily'), 'UTC').size, 3)
})

test('what is not older stays, what is older stays for its place in the calendar only', (t) => {
  const decisions = plan(year, {
    keep: readKeep('2 monthly'),
    before: new Date('2026-12-30T00:00:00.000Z'),
    timeZone: 'UTC',
    now: NEW_YEAR
  })
  const keep = decisions
    .filter(({ action }) => action === 'keep')
    .map(({ name, reason }) => `${name.slice(0, 13)} ${reason}`)
  t.deepEqual(keep, [
    '2026-11-30T14 monthly',
    '2026-12-30T02 not older',
    '2026-12-30T14 not older',
    '2026-12-31T02 not older',
    '2026-12-31T14 monthly'
  ])
})

const NOW = new Date('2026-03-31T12:00:00.000Z')
const AGES: Record<string, string> = {
  '30 days': '2026-03-01T12:00:00.000Z',
  '1 day': '2026-03-30T12:00:00.000Z',
  '2w': '2026-03-17T12:00:00.000Z',
  '36h': '2026-03-30T00:00:00.000Z',
  '1 month': '2026-02-28T12:00:00.000Z',
  '2 years': '2024-03-31T12:00:00.000Z',
  '2026-01-31': '2026-01-31T00:00:00.000Z',
  '2026-01-31T10:00Z': '2026-01-31T10:00:00.000Z'
}
for (const [text, instant] of Object.entries(AGES)) {
  test(`older than ${text}`, (t) => {
    t.is(readOlderThan(text, NOW).toISOString(), instant)
  })
}

for (const text of ['', '7', 'daily', '7 dayly', '7 daily 4 weekly', '-1 daily']) {
  test(`--keep "${text}" is refused`, (t) => {
    t.throws(() => readKeep(text), { instanceOf: UserError, message: /--keep/ })
  })
}

for (const text of ['', 'yesterday', '30', '30 parsecs', '2026-13-01']) {
  test(`--older-than "${text}" is refused`, (t) => {
    t.throws(() => readOlderThan(text, NOW), { instanceOf: UserError, message: /--older-than/ })
  })
}

test('"0 daily" is refused: it would remove all', (t) => {
  t.throws(() => readKeep('0 daily'), { instanceOf: UserError, message: /keeps nothing/ })
})

const survivors = (snapshots: readonly Candidate[], keep: string, now = NEW_YEAR) =>
  plan(snapshots, { keep: readKeep(keep), before: undefined, timeZone: 'UTC', now })
    .filter(({ action }) => action === 'keep')
    .map(({ name, reason }) => `${name.slice(0, 13)} ${reason}`)

test('snapshots that know less do not take the place of those that know more', (t) => {
  const days = [
    at('2026-05-01T00:00:00.000Z'),
    at('2026-05-02T00:00:00.000Z'),
    at('2026-05-03T00:00:00.000Z', { objects: 2, rules: 1 }),
    at('2026-05-04T00:00:00.000Z', { objects: 0, rules: 3 }),
    at('2026-05-05T00:00:00.000Z', { objects: 0, rules: 0 }),
    at('2026-05-06T00:00:00.000Z', { objects: 0, rules: 0 })
  ]
  t.deepEqual(survivors(days, '1 latest'), [
    '2026-05-02T00 latest (holds more)',
    '2026-05-03T00 latest (holds more)',
    '2026-05-04T00 latest (holds more)',
    '2026-05-06T00 latest'
  ])
})

test("a snapshot of the future takes nobody else's place, and one of another cluster neither", (t) => {
  const noon = new Date('2026-05-02T12:00:00.000Z')
  const days = [
    at('2026-05-02T10:00:00.000Z'),
    at('2026-05-02T12:04:00.000Z'),
    at('2026-05-02T23:00:00.000Z'),
    at('2031-05-03T00:00:00.000Z')
  ]
  t.deepEqual(survivors(days, '1 daily', noon), ['2026-05-02T12 daily', '2031-05-03T00 daily'])
  const other = { ...at('2026-05-02T11:00:00.000Z'), cluster: 'other' }
  t.deepEqual(survivors([days[0]!, other], '1 latest', noon), ['2026-05-02T10 latest', '2026-05-02T11 latest'])
})

test('the newest good snapshot survives, whatever was taken besides it', (t) => {
  const snapshot = fc.record({
    hour: fc.integer({ min: 0, max: 24 * 60 }),
    holds: fc.oneof(
      { weight: 1, arbitrary: fc.constant(WHOLE) },
      fc.record<Holdings>({ objects: fc.constantFrom(0, 1, 2), rules: fc.constantFrom(0, 1, 2, 3) })
    )
  })
  const rules = fc.array(
    fc
      .tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom('latest', 'hourly', 'daily', 'weekly', 'monthly', 'yearly')
      )
      .map(([count, unit]) => `${count} ${unit}`),
    { minLength: 1, maxLength: 3 }
  )
  const sequence = fc.uniqueArray(snapshot, { maxLength: 30, selector: ({ hour }) => hour })
  fc.assert(
    fc.property(sequence, rules, fc.integer({ min: 0, max: 24 * 60 }), (given, keep, nowHour) => {
      const hour = (count: number) => new Date(Date.UTC(2026, 0, 1) + count * 3_600_000)
      const all = given.map(({ hour: count, holds }) => at(hour(count).toISOString(), holds))
      const left = plan(all, { keep: readKeep(keep.join()), before: undefined, timeZone: 'UTC', now: hour(nowHour) })
      const kept = new Set(left.filter(({ action }) => action === 'keep').map(({ name }) => name))
      const past = all.filter(({ takenAt }) => takenAt <= hour(nowHour))
      // For each that is there: none that is gone is newer and knows as much.
      for (const gone of past.filter(({ name }) => !kept.has(name)))
        t.true(
          past.some(
            ({ name, takenAt, holds }) =>
              kept.has(name) &&
              takenAt > gone.takenAt &&
              holds.objects >= gone.holds.objects &&
              holds.rules >= gone.holds.rules
          )
        )
    }),
    { numRuns: 200 }
  )
})

const list = (kind: ItemKind, more: Partial<HeldItem> = {}): HeldItem => ({ kind, bytes: 900, error: null, ...more })
const LISTS = (['nodes', 'services', 'endpointslices', 'pods'] as const).map((kind) => list(kind))
const rules = (node: string, more: Partial<HeldItem> = {}) => list('iptables-save', { node, ...more })
const FAILED = { bytes: null, error: '403 Forbidden' }
const held: [title: string, items: HeldItem[], Holdings][] = [
  ['nothing', [], { objects: 0, rules: 0 }],
  ['the version alone', [list('version'), list('services', FAILED)], { objects: 0, rules: 0 }],
  ['lists without an object', LISTS.map((item) => ({ ...item, bytes: EMPTY_LIST.length })), { objects: 0, rules: 0 }],
  ['all lists, no node', LISTS, { objects: 2, rules: 0 }],
  ['a list in part', [...LISTS.slice(1), list('nodes', { error: 'cut off' })], { objects: 1, rules: 0 }],
  ['lists and all nodes', [...LISTS, rules('a'), rules('b')], { objects: 2, rules: 3 }],
  ['one of two nodes', [...LISTS, rules('a'), rules('b', FAILED)], { objects: 2, rules: 2 }],
  ['one of three nodes', [rules('a'), rules('b', FAILED), rules('c', FAILED)], { objects: 0, rules: 1 }],
  ['a node in part', [rules('a', { error: 'cut off' })], { objects: 0, rules: 1 }],
  ['a node without tables', [rules('a', { bytes: 0 })], { objects: 0, rules: 3 }]
]
for (const [title, items, expected] of held) test(`holds: ${title}`, (t) => t.deepEqual(holdings(items), expected))
