import { UserError } from '../../problem.ts'

const MILLISECONDS: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({
    h: 3_600_000,
    hour: 3_600_000,
    d: 86_400_000,
    day: 86_400_000,
    w: 604_800_000,
    week: 604_800_000
  })
)

/** `30 days`, `12 weeks`, `6 months`, `2 years`, `36h`, or an ISO 8601 date or instant: what is before it is older. Throws: UserError. */
export function readOlderThan(text: string, now: Date): Date {
  const [, count, word] = /^\s*(\d{1,6})\s*([a-z]+?)s?\s*$/i.exec(text) ?? []
  const unit = word?.toLowerCase()
  if (count !== undefined && unit !== undefined) {
    const milliseconds = MILLISECONDS.get(unit)
    if (milliseconds !== undefined) return new Date(now.getTime() - Number(count) * milliseconds)
    if (unit === 'month' || unit === 'year') return monthsBefore(now, Number(count) * (unit === 'year' ? 12 : 1))
  }
  if (/^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?$/.test(text) && !Number.isNaN(Date.parse(text)))
    return new Date(text)
  throw new UserError(
    `--older-than: "${text}" is not understood; write for example "90 days", "6 months" or 2026-01-31`
  )
}

/** The same day of an earlier month, or that month's last day. */
function monthsBefore(now: Date, months: number): Date {
  const then = new Date(now)
  then.setUTCDate(1)
  then.setUTCMonth(then.getUTCMonth() - months)
  const last = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate()
  then.setUTCDate(Math.min(now.getUTCDate(), last))
  return then
}
