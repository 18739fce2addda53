import { type Clock, offsetClock, zoneClock } from './clock.ts'
import { TimeReferenceError } from './error.ts'
import { type Meaning, readPhrase } from './phrase.ts'

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,3})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i

/** Reads a day or time; `readPhrase` reads what is not ISO 8601. Throws TimeReferenceError. */
export async function meaningOf(phrase: string, now: Date, timeZone: string): Promise<Meaning> {
  const [, day, time, offset] = ISO.exec(phrase) ?? []
  if (day !== undefined) return isoMeaning(phrase, day, time, offset, clockOf(timeZone))
  const [, local = phrase, utc] = /^(.*\S)\s+(?:UTC|GMT)$/i.exec(phrase) ?? []
  return readPhrase(local, now, utc === undefined && local === phrase ? clockOf(timeZone) : offsetClock(0))
}

/** The zone's clock; throws TimeReferenceError for a name that is no zone. */
export function clockOf(timeZone: string): Clock {
  try {
    return zoneClock(timeZone)
  } catch {
    throw new TimeReferenceError(
      `TZ: ${JSON.stringify(timeZone)} is not a time zone; use a name like Europe/Berlin or UTC`
    )
  }
}

function isoMeaning(
  phrase: string,
  day: string,
  time: string | undefined,
  offset: string | undefined,
  local: Clock
): Meaning {
  const written = `${day}T${(time ?? '00:00').replace(',', '.')}`
  const exists = new Date(`${written}Z`)
  // Date takes 2026-02-30 for 2 March.
  if (Number.isNaN(exists.getTime()) || exists.toISOString().slice(0, 10) !== day) {
    throw new TimeReferenceError(`${JSON.stringify(phrase)} is not a date of the calendar`)
  }
  if (time === undefined) return { kind: 'day', day, clock: local }
  return { kind: 'time', time: written, clock: offset === undefined ? local : offsetClock(minutesOf(offset)) }
}

/** `+05:30` → 330. */
function minutesOf(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0
  const [sign, ...digits] = offset.replace(':', '')
  const [hours, minutes] = [digits.slice(0, 2).join(''), digits.slice(2).join('')]
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
