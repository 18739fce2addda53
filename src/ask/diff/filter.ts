import type { Change, Diff, Section } from './change.ts'

/** What of a diff is asked for; what is left out restricts nothing. */
export interface DiffFilter {
  /** `demo/web`, or `web` in whatever namespace */
  readonly service?: string
  readonly node?: string
  readonly namespace?: string
  readonly kinds?: readonly Section[]
}

/** The changes asked for. What is unknown stays: it may hide just such a change. */
export function filterDiff(diff: Diff, filter: DiffFilter): Diff {
  return { ...diff, changes: diff.changes.flatMap((change) => (isAsked(change, filter) ? onNode(change, filter.node) : [])) }
}

function isAsked({ section, namespace, object }: Change, filter: DiffFilter): boolean {
  if (filter.kinds && !filter.kinds.includes(section)) return false
  if (filter.namespace !== undefined && namespace !== filter.namespace) return false
  if (filter.service === undefined) return true
  return section === 'service' && (object === filter.service || object.endsWith(`/${filter.service}`))
}

/** Drops what concerns other nodes only; what concerns no node in particular stays. */
function onNode(change: Change, node: string | undefined): Change[] {
  if (node === undefined) return [change]
  if (change.section === 'node') return change.object === node ? [change] : []
  if (change.nodes.length > 0) return change.nodes.includes(node) ? [change] : []
  const place = / on ([^\s,]+)/
  const mentioned = [change.before, change.after].flatMap((value) => (typeof value === 'string' ? place.exec(value)?.[1] ?? [] : []))
  return mentioned.length === 0 || mentioned.includes(node) ? [change] : []
}
