import test from 'ava'
import { kept, readKeep } from '../../../src/ask/prune/keep.ts'
import { readOlderThan } from '../../../src/ask/prune/older-than.ts'
import { plan } from '../../../src/ask/prune/plan.ts'
import { UserError } from '../../../src/problem.ts'

const at = (text: string) => ({ name: text, takenAt: new Date(text) })

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
    timeZone: 'UTC'
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
