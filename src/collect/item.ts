/**
 * What collecting yields: one item for each command that was run, whole or failed, and the place they go to.
 */

import type { ItemKind } from '../kinds/items.ts'

export type { ItemKind } from '../kinds/items.ts'

/** Which of the two kernels' backends a dump program speaks to; absent where the program was taken as it is on the node. */
export type Backend = 'legacy' | 'nft'

/** One command and how it went. */
export interface ItemFacts {
  readonly kind: ItemKind
  readonly node?: string
  readonly namespace?: string
  readonly pod?: string
  readonly container?: string
  readonly backend?: Backend
  /** How the node or pod was reached: `exec kube-system/kube-proxy-x7k2p`, `ssh`, `local`. Absent where it was not. */
  readonly via?: string
  /** The argv that made it. For a node's dumps the argv as it ran on the node. */
  readonly command: readonly string[]
  /** ISO 8601, UTC, milliseconds, on the clock of the machine that collects. */
  readonly startedAt: string
  readonly endedAt: string
  /** Null when the command never ended by itself (not found, timed out, killed, never started). */
  readonly exitCode: number | null
  /** One line; null when the item is whole. An item may have content and an error: then the content is not all there was. */
  readonly error: string | null
  /** What the command wrote beside its result, also when it went well (`# Warning: iptables-legacy tables present, …`). Null: nothing. */
  readonly stderr: string | null
}

export interface CollectedItem extends ItemFacts {
  /** Null when the command left nothing worth keeping; an empty result of a command that went well is an empty Buffer. */
  readonly content: Buffer | null
}

export interface ClusterIdentity {
  /** The kubeconfig context's cluster, or what the user named it. */
  readonly name: string
  /** UID of the kube-system namespace, which no other cluster shares; null when it could not be read. */
  readonly uid: string | null
}

/** What is known of a snapshot once its last item is in. */
export interface SnapshotFacts {
  readonly cluster: ClusterIdentity
  /** `snap 0.1.0` */
  readonly tool: string
  readonly startedAt: string
  readonly endedAt: string
}

/** Content on its way into the snapshot. It is compressed as it comes, and none of it counts before its item is added. */
export interface Draft {
  write(bytes: Buffer): Promise<void>
  /** No more will come. */
  end(): Promise<void>
  /** Bytes written so far. */
  readonly bytes: number
  /** Bytes that may still be written: readers take no more. */
  readonly room: number
  /** Why readers refuse what was written; null when they do not. Known at its end. */
  readonly refused: string | null
}

export interface DraftSink {
  draft(): Promise<Draft>
  drop(draft: Draft): Promise<void>
}

/** Where items go. Nothing is visible under the snapshot's name until `finish`. */
export interface SnapshotSink extends DraftSink {
  /** Why readers refuse a JSON text, alone or within a list; null when they do not. */
  refused(json: Buffer): string | null
  add(item: CollectedItem): Promise<void>
  /** Adds an item whose content is a draft that has ended. */
  addDraft(item: ItemFacts, draft: Draft): Promise<void>
  /** Returns the path of the finished snapshot. */
  finish(facts: SnapshotFacts): Promise<string>
  /** Removes what was written so far. */
  abandon(): Promise<void>
}
