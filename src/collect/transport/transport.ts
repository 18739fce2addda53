import type { Ports } from '../ports.ts'

export interface NodeObject {
  readonly metadata: { readonly name: string }
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[]
    readonly nodeInfo?: { readonly bootID?: string }
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

/** A way to one node. */
export interface Way {
  /** How it is told: `exec kube-system/kube-proxy-x7k2p`, `ssh`. */
  readonly via: string
  /** The argv that runs a shell there which reads its script from stdin; words after it are the script's. */
  readonly command: readonly string[]
  /** Through the node's kubelet, as every exec on the node. */
  readonly kubelet?: boolean
  /** Removes what was made for it. Does not throw: what could not be removed is its answer. */
  readonly close?: () => Promise<string | null>
}

export type Reached = Way | { readonly error: string }

/** One kind of way to the nodes of a cluster. */
export interface NodeTransport {
  /** How it is told: `exec`, `ssh`, … */
  readonly name: string
  /** Whether this transport is one for the cluster: why not, or what there is. */
  readonly suits: { readonly yes: boolean; readonly because: string }
  reach(node: NodeObject): Promise<Reached>
}

export type TransportPorts = Pick<Ports, 'run' | 'now' | 'api' | 'wait'>
