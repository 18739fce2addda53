/** A pod on each node that shares its network (hostNetwork) and may read its tables, found by label. */
export interface ExecPods {
  /** Null: in all namespaces. */
  readonly namespace: string | null
  readonly selector: string
  readonly container?: string
}

export interface SshOptions {
  /** What the user's own ssh configuration says, where these are absent. */
  readonly user?: string
  readonly port?: number
  readonly identity?: string
  /** The user is not root, and sudo asks it for no password. */
  readonly sudo?: boolean
  /** Which of the node's names ssh is given. */
  readonly address?: 'name' | 'InternalIP' | 'ExternalIP'
}

/** How a node's own dumps are reached. */
export type Transport =
  | { readonly kind: 'exec'; readonly pods: ExecPods }
  /** A pod of this image is made on the node, and removed afterwards. */
  | { readonly kind: 'debug'; readonly image: string; readonly namespace: string }
  | { readonly kind: 'ssh'; readonly ssh: SshOptions }
  /** An argv that runs its last words on the node; `{node}` and `{address}` in it are replaced. */
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  /** This machine is the node of this name. */
  | { readonly kind: 'local'; readonly node: string }
  | { readonly kind: 'none' }

/** Whose sockets are asked by exec: `svclb` the load-balancer pods of k3s (and their iptables), `traefik` those and Traefik's,
 * `backends` those and every Service's endpoints, `all` every running pod's. */
export type PodScope = 'none' | 'svclb' | 'traefik' | 'backends' | 'all'

export interface CollectOptions {
  /** `kubectl`, or a path to it. */
  readonly kubectl: string
  readonly context?: string
  readonly kubeconfig?: string
  /** Instead of the name that the kubeconfig gives the cluster. */
  readonly clusterName?: string
  /** In the order in which they are tried at each node. */
  readonly transports: readonly Transport[]
  readonly pods: PodScope
  /** Connection tracking tables of the nodes too. */
  readonly conntrack: boolean
  /** Of one try of one command or request. */
  readonly timeoutMs: number
  /** Tries after the first, where another may succeed. */
  readonly retries: number
  /** Commands and requests at a time. */
  readonly concurrency: number
  /** Objects a request for a list. */
  readonly pageSize: number
  /** The text of scripts/collect-node.sh. */
  readonly nodeScript: string
  /** `snap 0.1.0` */
  readonly tool: string
  /** Ends everything that runs; items not read by then are recorded as failed with its reason, and the snapshot is finished. */
  readonly deadline?: AbortSignal
  /** Ends everything that runs, and leaves no snapshot. */
  readonly interrupt?: AbortSignal
}
