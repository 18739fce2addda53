import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import { facts, weekItems } from './capture.ts'
import { memorySnapshot } from './snapshot.ts'

/** A store of the seven captured days, 2026-11-22 to 2026-11-28; snapshot n is day n. */
export async function weekStore(): Promise<Store> {
  const store = openStore(':memory:')
  for (let day = 1; day <= 7; day++) {
    const at = new Date(Date.UTC(2026, 10, 21 + day, 2))
    await importSnapshot(store, memorySnapshot(facts(at), weekItems(`week-1.20/day${day}`, at)), at)
  }
  return store
}

export function dayName(day: number): string {
  return `2026-11-${21 + day}T02-00-00Z`
}

/** What the captured clusters were never asked for, as a diff of two snapshots of them says it. */
export const NEVER_COLLECTED = [
  'gatewayclasses',
  'gateways',
  'grpcroutes',
  'httproutes',
  'ingressroutes',
  'ipsets of nodes',
  'networkpolicies',
  'nft-tables of nodes',
  'referencegrants',
  'sysctls of nodes',
  'tcproutes',
  'tlsroutes',
  'udproutes',
  'versions of nodes'
].map((subject) => ({ subject, side: 'both' as const, reason: 'not collected' }))
