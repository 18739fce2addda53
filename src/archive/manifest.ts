/**
 * The manifest of a snapshot: what was asked, by which command, and what came of it.
 * docs/snapshot-format.md is the contract; this file is its shape.
 */

export const FORMAT_VERSION = 1

/** What the bytes of an item are. The reader goes by this, never by a file's name. */
export type ItemKind =
  // cluster/: `kubectl get … -o json`, a List
  | 'nodes'
  | 'namespaces'
  | 'services'
  | 'endpoints'
  | 'endpointslices'
  | 'endpointslices-after'
  | 'pods'
  | 'daemonsets'
  | 'ingresses'
  | 'version'
  // nodes/<node>/ and pods/<ns>/<pod>/<container>/
  | 'iptables-save'
  | 'ip6tables-save'
  | 'sockets-ss'
  | 'sockets-netstat'
  | 'sockets-proc'
  // nodes/<node>/: `ip -json address`, `ip -json route`
  | 'ip-address'
  | 'ip-route'
  // pasted by a person: listings and tables in any order
  | 'text'

/** Which of the two kernels' backends a dump program speaks to; null where the program was taken as it is on the node. */
export type Backend = 'legacy' | 'nft'

/** One command and its result. A failed one is an item with an error, never an absent item. */
export interface ManifestItem {
  /** Relative to the snapshot, `/`-separated. Null when the command left nothing worth keeping. */
  readonly path: string | null
  readonly kind: ItemKind
  readonly node?: string
  readonly namespace?: string
  readonly pod?: string
  readonly container?: string
  readonly backend?: Backend
  /** The argv that made it. */
  readonly command: readonly string[]
  /** ISO 8601, UTC, milliseconds. */
  readonly startedAt: string
  readonly endedAt: string
  /** Null when the command never ended by itself (not found, timed out, killed). */
  readonly exitCode: number | null
  /** One line; null when the item is whole. */
  readonly error: string | null
  /** Size and SHA-256 of the content before compression; null where there is none. */
  readonly bytes: number | null
  readonly sha256: string | null
}

export interface Manifest {
  readonly format: typeof FORMAT_VERSION
  readonly cluster: {
    /** The kubeconfig context's cluster, or what the user named it. */
    readonly name: string
    /** UID of the kube-system namespace, which no other cluster shares; null when it could not be read. */
    readonly uid: string | null
  }
  /** `snap 0.1.0` */
  readonly tool: string
  readonly startedAt: string
  readonly endedAt: string
  readonly items: readonly ManifestItem[]
}
