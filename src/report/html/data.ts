import { gzipSync } from 'node:zlib'
import type { Report } from '../../ask/report/report.ts'
import { NodeSets, packService } from './pack.ts'
import type { PageData } from './page-data.ts'

/** The data of the page's script, gzipped and in base64: 100,000 endpoints in a few megabytes, and no character that HTML could misread. */
export function packedData(report: Report): string {
  return gzipSync(JSON.stringify(pageData(report)), { level: 9 }).toString('base64')
}

export function pageData({ snapshots, services, gaps, objects, results }: Report): PageData {
  const sets = new NodeSets()
  const packed = services.map((service) => packService(service, sets))
  const index = new Map(services.map(({ namespace, service }, at) => [`${namespace}/${service}`, at]))
  const found = services.map((): [number, number, number] => [0, 0, 0])
  for (const { findings, check } of results) {
    for (const { object } of findings) {
      const at = index.get(/^service\/([^/]+\/[^/:]+)/.exec(object)?.[1] ?? '')
      if (at !== undefined) found[at]![SEVERITY_ORDER.indexOf(check.severity)]!++
    }
  }
  return {
    snapshots: snapshots.map(({ name }) => name),
    sets: sets.sets,
    services: packed,
    found,
    known: { endpoints: gaps.endpoints.length === 0 },
    ...changesOf(objects)
  }
}

const SEVERITY_ORDER = ['error', 'warn', 'info']

/** Which Services changed in which snapshot, object or endpoints; names that may no longer exist. */
function changesOf(objects: Report['objects']): Pick<PageData, 'changedNames' | 'changed'> {
  const numbers = new Map<string, number>()
  const numberOf = (name: string): number => {
    if (!numbers.has(name)) numbers.set(name, numbers.size)
    return numbers.get(name)!
  }
  const series = objects.flatMap((each) => (each.objects ? [each.objects] : []))
  const changed = (series[0] ?? []).map((_, at) => [...new Set(series.flatMap((of) => of[at]!))].sort().map(numberOf))
  return { changed, changedNames: [...numbers.keys()] }
}
