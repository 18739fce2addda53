import type { Unknown } from './change.ts'

/** Gathers what could not be compared; said once however often it is met. */
export class Unknowns {
  private readonly found = new Map<string, Unknown>()
  private readonly hosts = new Set<string>()

  /** `of`: it is of a node's or pod's own network. */
  add(subject: string, side: 'before' | 'after', reason: string, of?: 'host'): void {
    const key = `${subject}\0${reason}`
    const known = this.found.get(key)
    this.found.set(key, { subject, side: known && known.side !== side ? 'both' : side, reason })
    if (of === 'host') this.hosts.add(key)
  }

  all(): Unknown[] {
    return [...this.found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, unknown]) => unknown)
  }

  /** Those of nodes' and pods' own networks, in the order in which they were met. */
  ofHosts(): Unknown[] {
    return [...this.found].flatMap(([key, unknown]) => (this.hosts.has(key) ? [unknown] : []))
  }
}
