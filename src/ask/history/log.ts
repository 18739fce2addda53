import type { Store } from '../../store/open.ts'
import type { Change } from '../diff/change.ts'
import { inOrder, withoutParts } from '../diff/change-order.ts'
import { covers, type Side } from '../diff/side.ts'
import { Unknowns } from '../diff/unknowns.ts'
import type { Count, Followed } from './followed.ts'
import { lastKnown, whyUnread, withNothing } from './known.ts'
import { type Moment, timeline } from './timeline.ts'

/** What one snapshot says that the ones before did not. */
export interface Step {
  readonly snapshot: string
  readonly takenAt: string
  /** The first snapshot that read the object: what it tells may have been so for long. */
  readonly isFirst: boolean
  readonly changes: readonly Change[]
}

/** What some snapshots do not say. */
export interface Unseen {
  readonly subject: string
  readonly reason: string
  readonly snapshots: readonly string[]
}

/** One number over time, a value a snapshot; null where the snapshot does not say. */
export interface Series {
  readonly name: string
  /** The nodes whose number it is; [] where it is no node's. */
  readonly nodes: readonly string[]
  readonly values: readonly (number | null)[]
}

export interface History {
  /** `service/demo/web` */
  readonly object: string
  /** All snapshots, oldest first; `isThere` null: the snapshot does not say. */
  readonly snapshots: readonly {
    readonly snapshot: string
    readonly takenAt: string
    readonly isThere: boolean | null
  }[]
  /** Newest first. */
  readonly steps: readonly Step[]
  readonly unseen: readonly Unseen[]
  readonly series: readonly Series[]
}

/** The life of one object over all snapshots: each is compared with what was last known, by the parts of the diff. */
export function history(store: Store, followed: Followed): History {
  const moments = timeline(store, followed.scope)
  const steps: Step[] = []
  const unseen = new UnseenList()
  let known: Side | undefined
  for (const moment of moments) {
    const isRead = (side: Side, subject: string) =>
      covers(side, subject, followed.namespace) ||
      (subject === followed.subjects[0]?.[0] && followed.isThere(side) !== undefined)
    const before = withNothing(known, moment, isRead)
    const isFirst = (known?.parts.length ?? 0) === 0 && before.parts.length > 0
    const unknowns = new Unknowns()
    const changes = inOrder(withoutParts(followed.changes(before, moment, unknowns)))
    if (changes.length > 0) steps.unshift({ snapshot: moment.name, takenAt: moment.takenAt, isFirst, changes })
    unseen.add(moment, followed, unknowns)
    known = before.parts.length === 0 ? undefined : lastKnown(before, moment, isRead)
  }
  const there = moments.map((moment) => ({
    snapshot: moment.name,
    takenAt: moment.takenAt,
    isThere: followed.isThere(moment) ?? null
  }))
  return {
    object: followed.object,
    snapshots: there,
    steps,
    unseen: unseen.all(),
    series: seriesOf(moments.map((moment) => followed.counts(moment)))
  }
}

class UnseenList {
  private readonly found = new Map<string, { subject: string; reason: string; snapshots: string[] }>()

  add(moment: Moment, { subjects, namespace }: Followed, unknowns: Unknowns): void {
    for (const group of subjects) {
      const reason = whyUnread(moment, group, namespace)
      if (reason !== undefined) this.put(group[0]!, reason, moment.name)
    }
    for (const { subject, side, reason } of unknowns.ofHosts())
      if (side !== 'before') this.put(subject, reason, moment.name)
  }

  private put(subject: string, reason: string, snapshot: string): void {
    const known = this.found.get(`${subject}\0${reason}`)
    if (known) known.snapshots.push(snapshot)
    else this.found.set(`${subject}\0${reason}`, { subject, reason, snapshots: [snapshot] })
  }

  all(): Unseen[] {
    return [...this.found.values()]
  }
}

/** Nodes whose numbers are the same at all times share a line. */
function seriesOf(moments: readonly (readonly Count[])[]): Series[] {
  const rows = new Map<string, { name: string; node: string; values: (number | null)[] }>()
  moments.forEach((counts, place) => {
    for (const { name, node, value } of counts) {
      const row = rows.get(`${name}\0${node}`) ?? { name, node, values: moments.map(() => null) }
      rows.set(`${name}\0${node}`, row)
      row.values[place] = value
    }
  })
  const alike = new Map<string, { name: string; nodes: string[]; values: (number | null)[] }>()
  for (const { name, node, values } of rows.values()) {
    const key = JSON.stringify([name, values])
    const known = alike.get(key)
    if (known) known.nodes.push(node)
    else alike.set(key, { name, nodes: node === '' ? [] : [node], values })
  }
  return [...alike.values()]
}
