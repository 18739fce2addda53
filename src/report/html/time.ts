/** `2026-11-23 12:00 UTC` of an ISO 8601 time. */
export function shortTime(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`
}
