/**
 * The manifest of a snapshot: what was asked, by which command, and what came of it.
 * docs/snapshot-format.md is the contract; this file is its shape.
 */

import type { ItemFacts, SnapshotFacts } from '../collect/item.ts'

export type { ItemKind } from '../collect/item.ts'

export const FORMAT_VERSION = 1

/** One command and its result. A failed one is an item with an error, never an absent item. */
export interface ManifestItem extends ItemFacts {
  /** Relative to the snapshot, `/`-separated; `.gz` at its end: compressed. Null when there is no content. */
  readonly path: string | null
  /** Size and SHA-256 (lower-case hex) of the content before compression; null where there is none. */
  readonly bytes: number | null
  readonly sha256: string | null
}

export interface Manifest extends SnapshotFacts {
  readonly format: typeof FORMAT_VERSION
  readonly items: readonly ManifestItem[]
}
