/** How a node's own dumps are reached. */
export type Transport =
  /** A pod on each node that shares its network (hostNetwork) and may read its tables, found by label. */
  | { readonly kind: 'exec', readonly namespace: string, readonly selector: string, readonly container?: string }
  /** `sudo`: the user is not root, and sudo asks it for no password. `address`: which of the node's names ssh is given. */
  | { readonly kind: 'ssh', readonly user?: string, readonly port?: number, readonly identity?: string, readonly sudo?: boolean,
    readonly address?: 'name' | 'InternalIP' | 'ExternalIP' }
  /** This machine is the node of this name. */
  | { readonly kind: 'local', readonly node: string }
  | { readonly kind: 'none' }

/** Whose sockets are asked by exec: `svclb` the load-balancer pods of k3s (and their iptables), `traefik` those and Traefik's, `all` every running pod's. */
export type PodScope = 'none' | 'svclb' | 'traefik' | 'all'

export interface CollectOptions {
  /** `kubectl`, or a path to it. */
  readonly kubectl: string
  readonly context?: string
  readonly kubeconfig?: string
  /** Instead of the name that the kubeconfig gives the cluster. */
  readonly clusterName?: string
  readonly transport: Transport
  readonly pods: PodScope
  /** Of one command. */
  readonly timeoutMs: number
  /** Commands at a time. */
  readonly concurrency: number
  /** The text of scripts/collect-node.sh. */
  readonly nodeScript: string
  /** `snap 0.1.0` */
  readonly tool: string
}
