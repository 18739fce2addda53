import type { DiffEvent, PodsEvent } from '../../ask/diff/events.ts'
import { changeLine } from './object-text.ts'
import { onNodes, plural, shortList } from './words.ts'

/** One event in one sentence. */
export function eventLine(event: DiffEvent): string {
  switch (event.kind) {
    case 'not-followed':
      return `${shortList(event.nodes)}: rules of ${servicesText(event.services)} did not follow the objects`
    case 'alone':
      return `rules of ${servicesText(event.services)} changed although no object did, ${on(event)}`
    case 'apart':
      return `${shortList(event.nodes)}: rules of ${servicesText(event.services)} led to the same endpoints as on other nodes, and now lead elsewhere`
    case 'caught-up':
      return `${shortList(event.nodes)}: rules of ${servicesText(event.services)} led elsewhere than on other nodes, and now lead to the same endpoints`
    case 'without-endpoints':
      return `${event.object}: ${event.port} has no endpoints any more ${on(event)}`
    case 'pods':
      return podsLine(event)
    case 'foreign-rule':
      return `rule ${event.rule.sign === '+' ? 'added' : 'removed'} ${onNodes(event.change)}: ${event.rule.table} ${event.rule.line}`
    case 'host':
      return `${shortList(event.nodes)}: ${changeLine(event.change)}`
    default:
      return (
        nodeLine(event.change) ??
        `${event.kind === 'daemonset' ? 'DaemonSet ' : ''}${event.change.object}: ${changeLine(event.change)}`
      )
  }
}

function on({ nodes, of }: { readonly nodes: readonly string[]; readonly of: number }): string {
  return onNodes({ nodes, of, family: '' })
}

function servicesText(services: readonly string[]): string {
  return services.length <= 2 ? services.join(' and ') : `${services.length} services`
}

function nodeLine({
  section,
  object,
  name,
  after
}: Extract<DiffEvent, { change: unknown }>['change']): string | undefined {
  if (section !== 'node') return undefined
  if (name === 'unschedulable') return `node ${object} ${after ? 'cordoned' : 'no longer cordoned'}`
  if (name === 'ready') return `node ${object} ${after === 'True' ? 'ready again' : 'not ready'}`
  return undefined
}

function podsLine({ workload, added, removed, ended, byNode }: PodsEvent): string {
  const counts = [
    added > 0 ? `${added} added` : '',
    removed > 0 ? `${removed} removed` : '',
    ended > 0 ? `${ended} that were terminating gone` : ''
  ]
    .filter(Boolean)
    .join(', ')
  const nodes = [...byNode].map(([node, count]) => `${node} ${count > 0 ? '+' : '−'}${Math.abs(count)}`).join(', ')
  return `pods of ${workload}: ${counts}${nodes === '' ? '' : ` (${nodes})`}`
}

/** More events are more than a person takes in at once. */
const SHOWN = 10

/** The events of a diff that is too long to be seen at once. */
export function eventLines(events: readonly DiffEvent[]): string[] {
  // What is so of both IP families is one sentence.
  const lines = [...new Set(events.map(eventLine))]
  const rest = lines.length - SHOWN
  return [
    ...lines.slice(0, rest > 1 ? SHOWN : lines.length),
    ...(rest > 1 ? [`and ${plural(rest, 'other thing')}, told below`] : [])
  ]
}
