/** Turns an instant into what a clock on the wall shows: `2026-11-22T11:16:09.000`. Such texts sort as times do. */
export type Clock = (instant: Date) => string

/** The clock of an IANA time zone (`Europe/Berlin`, `UTC`); throws RangeError for another name. */
export function zoneClock(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3
  })
  return (instant) => {
    const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
    const year = part['year']!.padStart(4, '0')
    return `${year}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}:${part['second']}.${part['fractionalSecond']}`
  }
}

/** The clock of a fixed offset, in minutes east of UTC. */
export function offsetClock(minutes: number): Clock {
  return (instant) => new Date(instant.getTime() + minutes * 60_000).toISOString().slice(0, -1)
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `2026-11-21` → `Sat 2026-11-21`. */
export function withWeekday(day: string): string {
  return `${WEEKDAYS[new Date(`${day}T00:00Z`).getUTCDay()]} ${day}`
}
