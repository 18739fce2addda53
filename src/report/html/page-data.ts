import type { PackedService } from './pack.ts'
import type { Known } from './picture/judge.ts'

/** What the page's script works with. */
export interface PageData {
  readonly snapshots: readonly string[]
  /** Sets of nodes that tuples refer to by number. */
  readonly sets: readonly (readonly string[])[]
  readonly services: readonly PackedService[]
  /** Errors, warnings and notes about each Service. */
  readonly found: readonly (readonly [number, number, number])[]
  readonly known: Known
  /** By snapshot the Services that changed since the one before, as places in changedNames. */
  readonly changed: readonly (readonly number[])[]
  readonly changedNames: readonly string[]
}
