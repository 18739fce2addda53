import { UserError } from '../../../problem.ts'

/** The time of `--at`. Throws: UserError where it is none, or yet to come. */
export function instant(at: string): Date {
  const time = /^\d{4}-\d\d-\d\d/.test(at) ? new Date(at) : new Date(NaN)
  if (time.getTime() > Date.now()) throw new UserError(`import: --at ${at} is yet to come`)
  if (Number.isNaN(time.getTime()))
    throw new UserError(`import: --at "${at}" is no time; write it as 2026-11-22T10:00Z`)
  return time
}
