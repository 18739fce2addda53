/** The zone of the local clock, as TZ or else the machine has it. TZ empty means UTC (POSIX); whether a name is a zone is asked where it is used. */
export function localTimeZone(tz: string | undefined = process.env.TZ): string {
  const name = tz?.replace(/^:/, '').replace(/^\/.*\/zoneinfo\//, '')
  if (name === '') return 'UTC'
  return name === undefined || name.startsWith('/') ? (Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC') : name
}
