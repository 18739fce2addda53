import type { Unknown } from './change.ts'

/** Gathers what could not be compared; said once however often it is met. */
export class Unknowns {
  private readonly found = new Map<string, Unknown>()

  add(subject: string, side: 'before' | 'after', reason: string): void {
    const key = `${subject}\0${reason}`
    const known = this.found.get(key)
    this.found.set(key, { subject, side: known && known.side !== side ? 'both' : side, reason })
  }

  all(): Unknown[] {
    return [...this.found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, unknown]) => unknown)
  }
}
