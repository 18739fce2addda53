import type { Listing } from './listing.ts'
import type { Table } from './table.ts'

/** What every kind of thing that a snapshot holds is described by. */
interface Kind {
  /** `service`, as `-o name` prints it and `snap show` and `snap log` take it. */
  readonly singular: string
  /** Other words by which it is asked for. */
  readonly short?: readonly string[]
  /** As a heading of people's text has it: `Services`. */
  readonly title: string
  readonly tables: readonly [Table, ...Table[]]
  readonly get: Listing
}

/** A kind of object of the API. Its name is the plural: also its item's kind and the subject of its coverage. */
export interface ApiKind extends Kind {
  readonly isNamespaced: boolean
  /** The lists that are read, in one List together. Only `list` is ever asked for. */
  readonly lists: readonly ApiList[]
  /** Why a server that does not know the kind (404) has none: the kind comes with something that few clusters have. */
  readonly optional?: string
  /** What of an object is kept. */
  readonly reduce: (object: unknown) => unknown
  /** The column of its first table that names an object; with `namespace` where it has one. */
  readonly nameColumn: string
  /** Where support-bundle has it, below cluster-resources. */
  readonly supportBundle?: string
  /** Whether `kubectl cluster-info dump` writes it. */
  readonly clusterInfoDump?: true
}

export interface ApiList {
  /** `Service`, as an object names its kind. */
  readonly kind: string
  /** `services` */
  readonly plural: string
  /** `v1`, `discovery.k8s.io/v1`: the newest first. What a server has of them, it has all objects in. */
  readonly versions: readonly string[]
}

/** What a node, or a pod, tells of its own network. Its name is the subject of its coverage. */
export interface HostKind extends Kind {
  /** Item kinds that tell it, each of a different program. */
  readonly items: readonly string[]
  /** What scripts/collect-node.sh is asked for to get it. */
  readonly part: 'iptables' | 'addresses' | 'sockets' | 'settings' | 'conntrack'
}

/** `/apis/discovery.k8s.io/v1/endpointslices` */
export function pathsOf({ plural, versions }: ApiList): string[] {
  return versions.map((version) => `/${version.includes('/') ? 'apis' : 'api'}/${version}/${plural}`)
}

/** '' for the core group. */
export function groupOf(version: string): string {
  return version.includes('/') ? version.split('/')[0]! : ''
}
