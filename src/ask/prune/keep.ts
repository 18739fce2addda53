import { UserError } from '../../problem.ts'

/** How many snapshots of which spacing: of each of the latest `count` days (weeks, …) that have any, the newest. */
export interface KeepRule {
  readonly count: number
  readonly unit: Unit
}

type Unit = 'latest' | 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly'

const UNITS: readonly Unit[] = ['latest', 'hourly', 'daily', 'weekly', 'monthly', 'yearly']

/** `7 daily, 4 weekly, 12 monthly`. Throws: UserError. */
export function readKeep(text: string): KeepRule[] {
  return text.split(',').map((part) => {
    const [, count, unit] = /^\s*(\d{1,6})\s+(\w+)\s*$/.exec(part) ?? []
    const known = UNITS.find((name) => name === unit?.toLowerCase())
    if (count === undefined || !known) {
      throw new UserError(
        `--keep: "${part.trim()}" is not understood; write for example "7 daily, 4 weekly, 12 monthly" (of ${UNITS.join(', ')})`
      )
    }
    if (Number(count) === 0) throw new UserError(`--keep: "${part.trim()}" keeps nothing; leave it out`)
    return { count: Number(count), unit: known }
  })
}

export interface Dated {
  readonly name: string
  readonly takenAt: Date
}

/** The names of the snapshots that a rule keeps, each with the rules that do so. Days and weeks are those of the time zone. */
export function kept(snapshots: readonly Dated[], rules: readonly KeepRule[], timeZone: string): Map<string, string[]> {
  const clock = calendar(timeZone)
  const newestFirst = [...snapshots].sort((a, b) => b.takenAt.getTime() - a.takenAt.getTime())
  const reasons = new Map<string, string[]>()
  for (const { count, unit } of rules) {
    const periods = new Set<string>()
    for (const { name, takenAt } of newestFirst) {
      const period = unit === 'latest' ? name : periodOf(takenAt, unit, clock)
      if (periods.has(period)) continue
      if (periods.size === count) break
      periods.add(period)
      reasons.set(name, [...(reasons.get(name) ?? []), unit])
    }
  }
  return reasons
}

function periodOf(instant: Date, unit: Exclude<Unit, 'latest'>, clock: Intl.DateTimeFormat): string {
  const [year, month, day, hour] = localParts(instant, clock)
  switch (unit) {
    case 'hourly':
      return `${year}-${month}-${day} ${hour} ${Math.floor(instant.getTime() / 3_600_000)}`
    case 'daily':
      return `${year}-${month}-${day}`
    case 'weekly':
      return String(mondayOf(Date.UTC(Number(year), Number(month) - 1, Number(day))))
    case 'monthly':
      return `${year}-${month}`
    case 'yearly':
      return year
  }
}

function calendar(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23'
  })
}

function localParts(
  instant: Date,
  clock: Intl.DateTimeFormat
): [year: string, month: string, day: string, hour: string] {
  const parts = new Map(clock.formatToParts(instant).map(({ type, value }) => [type, value]))
  return [parts.get('year')!, parts.get('month')!, parts.get('day')!, parts.get('hour')!]
}

/** Number of the week that begins on a Monday. 1 January 1970 was a Thursday. */
function mondayOf(day: number): number {
  return Math.floor((day / 86_400_000 + 3) / 7)
}
