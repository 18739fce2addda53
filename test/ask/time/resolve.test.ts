import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import test from 'ava'
import fc from 'fast-check'
import { zoneClock } from '../../../src/ask/time/clock.ts'
import { TimeReferenceError } from '../../../src/ask/time/error.ts'
import { resolve, type SnapshotTime } from '../../../src/ask/time/resolve.ts'

const snapshot = (time: string, id: number): SnapshotTime => ({
  id,
  name: time.replace(/\.\d+Z/, 'Z').replaceAll(':', '-'),
  takenAt: new Date(time)
})

/** Daily at 10:16:09 UTC from Monday 16 to Sunday 22 November, ids 1 to 7, without the 19th; on the 20th one more, at 23:30. */
const WEEK = ['16', '17', '18', '20', '21', '22'].map((day) =>
  snapshot(`2026-11-${day}T10:16:09.400Z`, Number(day) - 15)
)
const NIGHT = snapshot('2026-11-20T23:30:00Z', 8)
const SNAPSHOTS = [...WEEK, NIGHT].reverse()

/** Sunday 11:30 in Berlin. */
const NOW = new Date('2026-11-22T10:30:00Z')
const BERLIN = { now: NOW, timeZone: 'Europe/Berlin' }

const MEANS: [phrase: string, name: string][] = [
  ['2026-11-18T10-16-09Z', '2026-11-18T10-16-09Z'],
  ['3', '2026-11-18T10-16-09Z'],
  ['#3', '2026-11-18T10-16-09Z'],
  ['latest', '2026-11-22T10-16-09Z'],
  ['LATEST', '2026-11-22T10-16-09Z'],
  ['latest~0', '2026-11-22T10-16-09Z'],
  ['latest~1', '2026-11-21T10-16-09Z'],
  ['latest~2', '2026-11-20T23-30-00Z'],
  ['latest~6', '2026-11-16T10-16-09Z'],
  ['@-1', '2026-11-21T10-16-09Z'],
  ['now', '2026-11-22T10-16-09Z'],
  // days, by the Berlin clock: 23:30 UTC of the 20th is the 21st
  ['today', '2026-11-22T10-16-09Z'],
  ['yesterday', '2026-11-21T10-16-09Z'],
  ['  Yesterday ', '2026-11-21T10-16-09Z'],
  ['the  day before yesterday', '2026-11-20T10-16-09Z'],
  ['2026-11-20', '2026-11-20T10-16-09Z'],
  ['nov 20', '2026-11-20T10-16-09Z'],
  ['20 November 2026', '2026-11-20T10-16-09Z'],
  ['day before yesterday 12:00', '2026-11-20T10-16-09Z'],
  ['1 day ago', '2026-11-21T10-16-09Z'],
  ['-1d', '2026-11-21T10-16-09Z'],
  ['2 days ago', '2026-11-20T10-16-09Z'],
  ['two days ago', '2026-11-20T10-16-09Z'],
  // every weekday is before today
  ['monday', '2026-11-16T10-16-09Z'],
  ['tue', '2026-11-17T10-16-09Z'],
  ['wednesday', '2026-11-18T10-16-09Z'],
  ['last friday', '2026-11-20T10-16-09Z'],
  ['Saturday', '2026-11-21T10-16-09Z'],
  // times
  ['11:16', '2026-11-22T10-16-09Z'],
  ['11:16:09', '2026-11-22T10-16-09Z'],
  ['11:16:08', '2026-11-21T10-16-09Z'],
  ['11:15', '2026-11-21T10-16-09Z'],
  ['10am', '2026-11-21T10-16-09Z'],
  ['yesterday 0:15', '2026-11-20T10-16-09Z'],
  ['yesterday at 0:30', '2026-11-20T23-30-00Z'],
  ['friday 11:20', '2026-11-20T10-16-09Z'],
  ['thursday 12:00', '2026-11-18T10-16-09Z'],
  ['4 days ago at 12:00', '2026-11-18T10-16-09Z'],
  ['2026-11-20T11:16', '2026-11-20T10-16-09Z'],
  ['2026-11-20 11:16:09', '2026-11-20T10-16-09Z'],
  ['2026-11-20T11:16:09.400', '2026-11-20T10-16-09Z'],
  ['2026-11-20T11:16:09.399', '2026-11-18T10-16-09Z'],
  ['2026-11-20T10:16Z', '2026-11-20T10-16-09Z'],
  ['2026-11-20T10:15z', '2026-11-18T10-16-09Z'],
  ['2026-11-20T15:46+05:30', '2026-11-20T10-16-09Z'],
  ['2026-11-20T15:45+0530', '2026-11-18T10-16-09Z'],
  ['2026-11-20T05:15-05:00', '2026-11-18T10-16-09Z'],
  ['10:16 UTC', '2026-11-22T10-16-09Z'],
  ['10:15 UTC', '2026-11-21T10-16-09Z'],
  ['2 days ago UTC', '2026-11-20T23-30-00Z'],
  // elapsed
  ['2 hours ago', '2026-11-21T10-16-09Z'],
  ['13 minutes ago', '2026-11-22T10-16-09Z'],
  ['14 minutes ago', '2026-11-21T10-16-09Z'],
  ['-2h', '2026-11-21T10-16-09Z'],
  ['half an hour ago', '2026-11-21T10-16-09Z'],
  ['1 day and 12 hours ago', '2026-11-20T10-16-09Z'],
  ['35 hours ago', '2026-11-20T23-30-00Z']
]

for (const [phrase, name] of MEANS) {
  test(`${phrase} means ${name}`, async (t) => {
    t.is((await resolve(phrase, SNAPSHOTS, BERLIN)).name, name)
  })
}

/** chrono-node reads the process's zone in places; snap's answer must come from the zone it is given. */
const IN_A_PROCESS = `
  const { resolve } = await import(process.argv[1])
  const { phrases, snapshots, now } = JSON.parse(process.argv[2])
  const dated = snapshots.map(snapshot => ({ ...snapshot, takenAt: new Date(snapshot.takenAt) }))
  const here = { now: new Date(now), timeZone: 'Europe/Berlin' }
  const names = []
  for (const phrase of phrases) names.push((await resolve(phrase, dated, here)).name)
  process.stdout.write(JSON.stringify(names))`

for (const TZ of ['Pacific/Apia', 'America/Los_Angeles', 'Europe/Berlin', 'UTC']) {
  test(`the zone of the process does not matter: ${TZ}`, async (t) => {
    const module = new URL('../../../src/ask/time/resolve.js', import.meta.url).href
    const input = JSON.stringify({ phrases: MEANS.map(([phrase]) => phrase), snapshots: SNAPSHOTS, now: NOW })
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', IN_A_PROCESS, module, input],
      { env: { ...process.env, TZ } }
    )
    t.deepEqual(
      JSON.parse(stdout),
      MEANS.map(([, name]) => name)
    )
  })
}

const REFUSED: [phrase: string, message: RegExp][] = [
  [
    'thursday',
    /^no snapshot on thursday \(Thu 2026-11-19\); nearest: 2026-11-18T10-16-09Z \(id 3, Wed 2026-11-18 11:16\) and 2026-11-20T10-16-09Z \(id 5, Fri 2026-11-20 11:16\)$/
  ],
  ['sunday', /^no snapshot on sunday \(Sun 2026-11-15\); nearest: 2026-11-16T10-16-09Z /],
  ['2026-11-19', /^no snapshot on 2026-11-19; nearest: /],
  ['nov 23', /\(Sun 2025-11-23\)/],
  ['1 week ago', /\(Sun 2026-11-15\)/],
  ['a month ago', /\(Thu 2026-10-22\)/],
  [
    'tomorrow',
    /^no snapshot on tomorrow \(Mon 2026-11-23\); nearest: 2026-11-22T10-16-09Z \(id 7, Sun 2026-11-22 11:16\)$/
  ],
  [
    '7 days ago at 10:00',
    /^no snapshot at or before 7 days ago at 10:00 \(Sun 2026-11-15 10:00\); nearest: 2026-11-16T10-16-09Z /
  ],
  ['200 hours ago', /^no snapshot at or before 200 hours ago \(Sat 2026-11-14 03:30\); nearest: 2026-11-16/],
  ['18:00', /^18:00 \(Sun 2026-11-22 18:00\) is yet to come; the latest snapshot is 2026-11-22T10-16-09Z /],
  ['in 2 hours', /is yet to come/],
  ['2062-11-20T10:00', /is yet to come/],
  ['4', /^no snapshot has the id 4; nearest: 3 and 5$/],
  ['99', /nearest: 8$/],
  ['latest~7', /^latest~7 goes back past the oldest of 7 snapshots, 2026-11-16T10-16-09Z$/],
  ['2026-02-30', /is not a date of the calendar$/],
  ['2026-11-20T25:00', /is not a date/],
  ['last week', /not exact \("last"\)/],
  ['last month', /not exact \("last"\)/],
  ['next monday', /not exact/],
  ['yesterday morning', /not exact \("morning"\)/],
  ['last night', /not exact/],
  ['a few hours ago', /not exact/],
  ['1 hour before yesterday', /is not a snapshot, a day or a time/],
  ['may', /names no day/],
  ['11/12/2026', /read as two dates; write 2026-11-20/],
  ['11.12.2026', /read as two dates/],
  ['10:00 CET', /names a zone by letters/],
  ['10:00-11:00', /is not a snapshot, a day or a time/],
  ['yesterday or so', /is not a snapshot, a day or a time/],
  ['3d', /is not a snapshot/],
  ['', /is not a snapshot/],
  ['gestern', /is not a snapshot/],
  ['gestern\u001b[2J', /^"gestern\\u001b\[2J" is not a snapshot/],
  ['yesterday '.repeat(20), /too long/]
]

for (const [phrase, message] of REFUSED) {
  test(`refused: ${JSON.stringify(phrase.slice(0, 40))}`, async (t) => {
    const error = await t.throwsAsync(resolve(phrase, SNAPSHOTS, BERLIN), { instanceOf: TimeReferenceError })
    t.regex(error.message, message)
    t.notRegex(error.message, /\n/)
  })
}

/** Every half hour of a day's UTC span, so that each zone's change of clocks lies inside. */
const halfHours = (from: string, count: number) =>
  Array.from({ length: count }, (_, index) =>
    snapshot(new Date(Date.parse(from) + index * 1_800_000).toISOString(), index + 1)
  )

const ZONES: [what: string, timeZone: string, now: string, phrase: string, from: string, expected: string][] = [
  [
    'spring: up to the jump',
    'Europe/Berlin',
    '2026-03-29T12:00Z',
    '02:30',
    '2026-03-28T22:00Z',
    '2026-03-29T00-30-00Z'
  ],
  [
    'spring: after the jump',
    'Europe/Berlin',
    '2026-03-29T12:00Z',
    '03:00',
    '2026-03-28T22:00Z',
    '2026-03-29T01-00-00Z'
  ],
  [
    'spring: 3 hours over the jump',
    'Europe/Berlin',
    '2026-03-29T02:30Z',
    '3 hours ago',
    '2026-03-28T22:00Z',
    '2026-03-28T23-30-00Z'
  ],
  [
    'spring: the day before',
    'Europe/Berlin',
    '2026-03-29T02:30Z',
    'yesterday',
    '2026-03-28T20:00Z',
    '2026-03-28T22-30-00Z'
  ],
  [
    'autumn: the second 02:30',
    'Europe/Berlin',
    '2026-10-25T12:00Z',
    '02:30',
    '2026-10-24T22:00Z',
    '2026-10-25T01-30-00Z'
  ],
  [
    'autumn: 01:30 comes once',
    'Europe/Berlin',
    '2026-10-25T12:00Z',
    '01:30',
    '2026-10-24T22:00Z',
    '2026-10-24T23-30-00Z'
  ],
  [
    'autumn: 2 hours are 7200 seconds',
    'Europe/Berlin',
    '2026-10-25T02:00Z',
    '2 hours ago',
    '2026-10-24T22:00Z',
    '2026-10-25T00-00-00Z'
  ],
  [
    'autumn: a day of 25 hours',
    'Europe/Berlin',
    '2026-10-26T12:00Z',
    '2026-10-25',
    '2026-10-24T20:00Z',
    '2026-10-25T22-30-00Z'
  ],
  [
    'autumn: an instant is not its double',
    'Europe/Berlin',
    '2026-10-25T12:00Z',
    '2026-10-25T02:30+02:00',
    '2026-10-24T22:00Z',
    '2026-10-25T00-30-00Z'
  ],
  ['New York, 8 March', 'America/New_York', '2026-03-08T12:00Z', '02:15', '2026-03-08T00:00Z', '2026-03-08T06-30-00Z'],
  [
    'New York, 1 November',
    'America/New_York',
    '2026-11-01T12:00Z',
    '01:30',
    '2026-11-01T00:00Z',
    '2026-11-01T06-30-00Z'
  ],
  [
    'New York is a day behind UTC in the evening',
    'America/New_York',
    '2026-11-20T04:45Z',
    'today',
    '2026-11-19T04:00Z',
    '2026-11-20T04-30-00Z'
  ],
  ['half-hour zone', 'Asia/Kolkata', '2026-11-20T12:00Z', 'yesterday', '2026-11-19T10:00Z', '2026-11-19T18-00-00Z'],
  ['half-hour zone', 'Asia/Kolkata', '2026-11-20T12:00Z', '05:45', '2026-11-19T18:00Z', '2026-11-20T00-00-00Z'],
  ['Apia is a day ahead', 'Pacific/Apia', '2026-11-21T10:45Z', 'today', '2026-11-20T09:00Z', '2026-11-21T10-30-00Z'],
  [
    'Apia skipped 30 December 2011',
    'Pacific/Apia',
    '2011-12-31T00:00Z',
    '2 days ago',
    '2011-12-30T00:00Z',
    '2011-12-30T09-30-00Z'
  ]
]

for (const [what, timeZone, now, phrase, from, expected] of ZONES) {
  test(`${timeZone}: ${what}: ${phrase}`, async (t) => {
    t.is((await resolve(phrase, halfHours(from, 54), { now: new Date(now), timeZone })).name, expected)
  })
}

test('a day that never was has no snapshots', async (t) => {
  await t.throwsAsync(
    resolve('2011-12-30', halfHours('2011-12-30T00:00Z', 48), {
      now: new Date('2012-01-01T00:00Z'),
      timeZone: 'Pacific/Apia'
    }),
    {
      message:
        /^no snapshot on 2011-12-30; nearest: 2011-12-30T09-30-00Z \(id 20, Thu 2011-12-29 23:30\) and 2011-12-30T10-00-00Z \(id 21, Sat 2011-12-31 00:00\)$/
    }
  )
})

test('a snapshot from a clock ahead of ours is not yet to come', async (t) => {
  const ahead = snapshot('2026-11-22T12:00:00Z', 9)
  t.is((await resolve('13:00', [...SNAPSHOTS, ahead], BERLIN)).id, 9)
})

test('two snapshots of one name must be told apart by id', async (t) => {
  await t.throwsAsync(
    resolve(
      'latest-run',
      [1, 2].map((id) => ({ id, name: 'latest-run', takenAt: NOW })),
      BERLIN
    ),
    { message: '2 snapshots are named latest-run; say the id: 1, 2' }
  )
})

test('no snapshots at all', async (t) => {
  await t.throwsAsync(resolve('latest', [], BERLIN), { message: 'there are no snapshots yet; import one first' })
})

test('a time zone that is none', async (t) => {
  await t.throwsAsync(resolve('yesterday', SNAPSHOTS, { now: NOW, timeZone: 'Berlin' }), {
    instanceOf: TimeReferenceError,
    message: 'TZ: "Berlin" is not a time zone; use a name like Europe/Berlin or UTC'
  })
})

test('whatever the zone, an instant names its own snapshot and a day one of its own', async (t) => {
  const taken = fc.uniqueArray(
    fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true }),
    { minLength: 1, maxLength: 20, selector: (date) => date.getTime() }
  )
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Pacific/Apia',
    'Australia/Lord_Howe',
    'UTC'
  )
  await fc.assert(
    fc.asyncProperty(taken, zone, fc.nat(), async (dates, timeZone, pick) => {
      const snapshots = dates.map((date, index) => snapshot(date.toISOString(), index))
      const one = snapshots[pick % snapshots.length]!
      const here = { now: new Date('2027-01-02'), timeZone }
      t.is(await resolve(one.takenAt.toISOString(), snapshots, here), one)
      const day = zoneClock(timeZone)(one.takenAt).slice(0, 10)
      const newest = await resolve(day, snapshots, here)
      t.is(zoneClock(timeZone)(newest.takenAt).slice(0, 10), day)
      t.true(newest.takenAt >= one.takenAt)
    }),
    { numRuns: 60 }
  )
})

test('what is dated in the future is neither latest nor today, and that is told', async (t) => {
  const ahead = [snapshot('2026-11-22T20:00:00Z', 20), snapshot('2031-01-01T00:00:00Z', 21)]
  const all = [...SNAPSHOTS, snapshot('2026-11-22T10:33:00Z', 9), ...ahead]
  const meaning = async (phrase: string, given = all) => {
    const remarks: string[] = []
    const { name } = await resolve(phrase, given, { ...BERLIN, remark: (line) => remarks.push(line) })
    return [name, ...remarks]
  }
  const told = '2 snapshots are dated in the future, 2031-01-01T00-00-00Z: not taken for'
  t.deepEqual(await meaning('latest'), ['2026-11-22T10-33-00Z', `${told} latest`])
  t.deepEqual(await meaning('latest~1'), ['2026-11-22T10-16-09Z', `${told} latest~1`])
  t.deepEqual(await meaning('today'), ['2026-11-22T10-33-00Z', `${told} today`])
  t.deepEqual(await meaning('2031-01-01'), ['2031-01-01T00-00-00Z'])
  t.deepEqual(await meaning('21'), ['2031-01-01T00-00-00Z'])
  t.deepEqual(await meaning('yesterday'), ['2026-11-21T10-16-09Z'])
  t.deepEqual(await meaning('latest', ahead), [
    '2031-01-01T00-00-00Z',
    "2 snapshots are dated in the future, 2031-01-01T00-00-00Z: is this machine's clock right?"
  ])
})
