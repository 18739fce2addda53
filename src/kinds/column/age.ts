const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY

/**
 * How old, as kubectl writes it: `34s`, `5m12s`, `47m`, `3h20m`, `26h`, `6d23h`, `400d`, `3y12d`.
 * Source: k8s.io/apimachinery, pkg/util/duration, HumanDuration.
 */
export function age(from: string, to: string): string {
  const passed = Date.parse(to) - Date.parse(from)
  if (Number.isNaN(passed)) return '?'
  const two = (large: number, big: string, small: number, little: string) => {
    const rest = Math.floor((passed % large) / small)
    return `${Math.floor(passed / large)}${big}${rest === 0 ? '' : `${rest}${little}`}`
  }
  // A second of difference between two clocks is none.
  if (passed < -SECOND) return '<invalid>'
  if (passed < 0) return '0s'
  if (passed < 2 * MINUTE) return `${Math.floor(passed / SECOND)}s`
  if (passed < 10 * MINUTE) return two(MINUTE, 'm', SECOND, 's')
  if (passed < 3 * HOUR) return `${Math.floor(passed / MINUTE)}m`
  if (passed < 8 * HOUR) return two(HOUR, 'h', MINUTE, 'm')
  if (passed < 2 * DAY) return `${Math.floor(passed / HOUR)}h`
  if (passed < 8 * DAY) return two(DAY, 'd', HOUR, 'h')
  if (passed < 2 * YEAR) return `${Math.floor(passed / DAY)}d`
  return passed < 8 * YEAR ? two(YEAR, 'y', DAY, 'd') : `${Math.floor(passed / YEAR)}y`
}
