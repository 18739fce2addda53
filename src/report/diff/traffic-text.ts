import type { FrontendTraffic } from '../../ask/diff/frontend-traffic.ts'
import type { Rows } from '../format/cell.ts'
import { plural, shortList } from './words.ts'

/** Lines about what came between the two snapshots: frontends that were used, most used first, those of which nothing was counted, and what is not known. */
export function trafficLines(traffic: readonly FrontendTraffic[]): string[] {
  const frontends = new Map<string, FrontendTraffic[]>()
  for (const each of traffic) {
    const key = `${each.service} ${each.frontend}`
    frontends.set(key, [...(frontends.get(key) ?? []), each])
  }
  const all = [...frontends].map(([name, its]) => ({
    name,
    its,
    least: its.reduce((sum, { atLeast }) => sum + (atLeast ?? 0), 0)
  }))
  const used = all.filter(({ least }) => least > 0).sort((a, b) => b.least - a.least || (a.name < b.name ? -1 : 1))
  const none = all.filter(({ least, its }) => least === 0 && its.every(({ atLeast }) => atLeast !== null))
  const unknown = [...new Set(traffic.filter(({ atLeast }) => atLeast === null).map(({ node }) => node))]
  return [
    ...used.map(
      ({ name, its, least }) =>
        `${name}: at least ${plural(least, 'packet')} (${shortList(its.filter(({ atLeast }) => atLeast).map(onNode))})`
    ),
    ...(none.length > 0
      ? [
          `none counted for ${plural(none.length, 'frontend')} (which does not prove that there were none): ${shortList(none.map(({ name }) => name))}`
        ]
      : []),
    ...(unknown.length > 0
      ? [`not known on ${shortList(unknown)}: no counters, or no rule for the frontend, in one of the snapshots`]
      : [])
  ]
}

function onNode({ node, family, atLeast, isReset }: FrontendTraffic): string {
  return `${atLeast} on ${node}${family === 'ipv6' ? ' (IPv6)' : ''}${isReset ? ', counted from 0 again' : ''}`
}

/** One row a frontend and node, in the columns of the diff; `change` is what the counters prove. */
export function trafficRows(traffic: readonly FrontendTraffic[], columns: number): Rows['rows'] {
  return traffic.map(({ service, namespace, frontend, node, family, before, after, atLeast, isReset }) => {
    const change = atLeast === null ? 'unknown' : isReset ? 'reset' : atLeast > 0 ? 'counted' : 'none counted'
    return [
      'traffic',
      namespace,
      service,
      'packets',
      frontend,
      change,
      before,
      after,
      [node],
      1,
      family,
      ...Array.from({ length: columns - 11 }, () => [])
    ]
  })
}
