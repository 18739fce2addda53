import type { Store } from '../store/open.ts'
import { fillFlows } from './flows/fill.ts'
import { fillIntent } from './intent/fill.ts'

/** Fills the tables that are computed when they are asked for, as far as a statement names them. Nothing is written to the store. */
export function fillNamed(store: Store, snapshots: () => readonly string[], statement: string): void {
  const names = (table: string): boolean => new RegExp(`\\b${table}\\b`, 'i').test(statement)
  const deviations = names('deviations')
  if (deviations || names('flows')) fillFlows(store, snapshots())
  if (deviations || names('intent') || names('proxies'))
    fillIntent(store, snapshots(), { intent: names('intent'), deviations })
}
