import type { ParsedResult } from 'chrono-node'
import type { Clock } from './clock.ts'
import { TimeReferenceError } from './error.ts'

const DAY_MS = 86_400_000

/** Words chrono puts a number on that nobody said: an hour for `morning`, a day for `last week`, 3 for `a few`. */
const VAGUE =
  /\b(few|several|some|couple|morning|afternoon|evening|night|tonight|noon|midnight|next|this|coming)\b|\b(last|past)\b(?!\s+(mon|tues?|wed(nes)?|thu(rs?)?|fri|sat(ur)?|sun)(day)?\b)/i

/** chrono counts these from the process's own clock, not from the one it is given (its merging refiners, 2.10.3). */
const CHAINED = /\b(before|after|from|earlier|later|prior)\b/i

/** 11/12 is a day in November to some and in December to others. */
const NUMERIC_DATE = /\b\d{1,2}[./]\d{1,2}\b(?![./]?\s*(hours?|h\b))/

/**
 * Reads an English phrase for a day or time by the given clock, with chrono-node (loaded only here, it is slow to load).
 * What chrono guesses is corrected or refused: see docs/time-references.md. Throws TimeReferenceError.
 */
export async function readPhrase(written: string, now: Date, clock: Clock): Promise<Meaning> {
  const phrase = written.replace(/^(the )?day before yesterday\b/i, '2 days ago')
  const refuse = (why: string) => new TimeReferenceError(`${JSON.stringify(written)} ${why}`)
  if (phrase.length > 80) throw refuse('is too long for a time')
  const vague = VAGUE.exec(phrase)?.[0]
  if (vague !== undefined) throw refuse(`is not exact ("${vague}"); say a day or a time, as in "yesterday 10:00"`)
  if (NUMERIC_DATE.test(phrase)) throw refuse('can be read as two dates; write 2026-11-20')

  const { casual } = await import('chrono-node/en')
  // chrono knows no time zones: it is shown the wall clock as if that were UTC, and answers in the same.
  const today = new Date(`${clock(now)}Z`)
  const [result, ...more] = casual.parse(phrase, { instant: today, timezone: 0 })
  if (result === undefined || CHAINED.test(phrase) || more.length > 0 || result.text !== phrase || result.end) {
    throw refuse(
      'is not a snapshot, a day or a time; try "latest", "yesterday", "monday 10:00", "2 hours ago" or 2026-11-20'
    )
  }
  if (elapsed(result)) {
    const [exact] = casual.parse(phrase, { instant: now, timezone: 0 })
    return { kind: 'instant', instant: exact!.date() }
  }
  if (result.start.isCertain('timezoneOffset'))
    throw refuse('names a zone by letters; write 2026-11-20T10:00+01:00, or UTC')
  const day = dayOf(result, today)
  if (day === null) throw refuse('names no day; say one, as in 2026-11-20')
  if (!result.start.isCertain('hour')) return { kind: 'day', day, clock }
  return { kind: 'time', time: `${day}T${timeOf(result)}`, clock }
}

/** `2 hours ago`, `now`: counted on the clock that never jumps. */
function elapsed(result: ParsedResult): boolean {
  return result.tags().has('result/relativeDateAndTime') || result.tags().has('casualReference/now')
}

function dayOf(result: ParsedResult, today: Date): string | null {
  const { start } = result
  const day = Date.UTC(start.get('year')!, start.get('month')! - 1, start.get('day')!)
  const iso = (time: number) => new Date(time).toISOString().slice(0, 10)
  const todayStart = Date.parse(iso(today.getTime()))
  if (start.isCertain('day')) {
    const aYearEarlier = Date.UTC(start.get('year')! - 1, start.get('month')! - 1, start.get('day')!)
    return iso(start.isCertain('year') || day <= todayStart ? day : aYearEarlier)
  }
  if (result.tags().has('result/relativeDate')) return iso(day)
  if (start.isCertain('weekday')) return iso(lastSuchDay(day, todayStart))
  return start.isCertain('hour') ? iso(todayStart) : null
}

/** chrono takes the nearest such weekday, which may be today or to come. */
function lastSuchDay(day: number, today: number): number {
  const weeks = Math.ceil((day - today + DAY_MS) / (7 * DAY_MS))
  return day - Math.max(weeks, 0) * 7 * DAY_MS
}

function timeOf({ start }: ParsedResult): string {
  const two = (unit: 'hour' | 'minute' | 'second') => String(start.get(unit) ?? 0).padStart(2, '0')
  return `${two('hour')}:${two('minute')}${start.isCertain('second') ? `:${two('second')}` : ''}`
}

/** What a phrase means, before any snapshot is looked at. */
export type Meaning =
  /** A whole day of that clock: `2026-11-20`. */
  | { readonly kind: 'day'; readonly day: string; readonly clock: Clock }
  /** A time that clock shows, as far as the phrase gives it: `2026-11-20T10:16`. */
  | { readonly kind: 'time'; readonly time: string; readonly clock: Clock }
  /** An instant, given as time elapsed until now. */
  | { readonly kind: 'instant'; readonly instant: Date }
