import type { Change } from '../../ask/diff/change.ts'
import { plural, shortList, shown } from './words.ts'

/** Where the same pods were named already: the Service, by the pods. */
export type Named = Map<string, string>

/** Endpoints that came or went. Pods behind several ports, or behind a Service named above, are named once. */
export function endpointLines(changes: readonly Change[], named: Named): string[] {
  return (['added', 'removed'] as const).flatMap((kind) => {
    const of = changes.filter(({ change }) => change === kind)
    return of.length === 0
      ? []
      : [`${plural(of.length, 'endpoint')} ${kind === 'added' ? 'gained' : 'lost'}${where(of, named)}`]
  })
}

function where(changes: readonly Change[], named: Named): string {
  const parts = changes.map(partsOf)
  const hosts = [...new Set(parts.map(({ host, state }) => `${host} ${state}`.trim()))]
  const ports = [...new Set(parts.map(({ port }) => port))]
  // Every port on every pod, so that naming each once tells all of them.
  const isProduct = hosts.length * ports.length === changes.length
  const key = JSON.stringify(hosts.toSorted())
  const { object } = changes[0]!
  const first = named.get(key)
  if (isProduct && first !== undefined && first !== object && hosts.length > 2)
    return ` on ${portList(ports)}, in the pods named at ${first}`
  if (isProduct) named.set(key, first ?? object)
  if (isProduct && ports.length > 1) return ` on ${portList(ports)}: ${shortList(hosts)}`
  return `: ${shortList(parts.map(({ name, state }) => `${name} ${state}`.trim()))}`
}

/** Of `10.42.0.7:80 (http)`: `10.42.0.7` and `80 (http)`. */
function partsOf({ name, change, before, after }: Change): { name: string; host: string; port: string; state: string } {
  const [, host = name, port = ''] = /^(\[[^\]]*\]|[^:]*):(.*)$/.exec(name) ?? []
  const summary = shown((change === 'added' ? after : before) ?? '')
  return { name, host, port, state: summary === 'none' ? '' : summary }
}

function portList(ports: readonly string[]): string {
  return `port${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`
}
