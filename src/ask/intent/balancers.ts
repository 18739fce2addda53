import type { Observed } from '../../model/intent/compare.ts'
import type { Store } from '../../store/open.ts'
import type { Frontend } from '../flows/frontend.ts'

interface Balancer {
  readonly namespace: string
  readonly pod: string
  readonly node: string
  /** `namespace/name` of the Service that it serves. */
  readonly service: string
}

/** The svclb pods of a snapshot: a packet that a host port sends to one is not at its end, but sent on to the Service's cluster IP. */
export class Balancers {
  private readonly store: Store
  private readonly snapshot: string
  private readonly pods: ReadonlyMap<string, Balancer>
  /** Of the nodes' addresses. */
  private readonly nodes: ReadonlyMap<string, string>

  constructor(store: Store, snapshot: string) {
    this.store = store
    this.snapshot = snapshot
    const rows = store
      .prepare(
        `SELECT a.value AS address, namespace, pod, node,
           coalesce(labels ->> '$."svccontroller.k3s.cattle.io/svcnamespace"', namespace) || '/' || (labels ->> '$."svccontroller.k3s.cattle.io/svcname"') AS service
         FROM pods, json_each(coalesce(ips, json_array(ip))) a
         WHERE labels ->> '$."svccontroller.k3s.cattle.io/svcname"' IS NOT NULL AND node <> '' AND a.value <> '' AND coalesce(host_network, 0) = 0`
      )
      .all() as (Balancer & { address: string })[]
    this.nodes = new Map(
      store
        .prepare("SELECT address, node FROM node_addresses WHERE type IN ('InternalIP', 'ExternalIP')")
        .raw()
        .all() as [string, string][]
    )
    this.pods = new Map(rows.map(({ address, ...pod }) => [address, pod]))
  }

  /** Whether packets to the address may be sent on: a svclb pod's, or a node's where there are such. */
  mayGoOn(address: string): boolean {
    return this.pods.size > 0 && (this.pods.has(address) || this.nodes.has(address))
  }

  /**
   * The rows with what becomes of those that are not at their end: sent as they are to the other node whose address the frontend is, and
   * to a svclb pod of the Service. Unknown where its own rules, or its node's, do not tell.
   */
  through(node: string, frontend: Frontend, rows: readonly Observed[]): readonly Observed[] {
    if (this.pods.size === 0) return rows
    return rows.flatMap((row) => this.atOwner(node, frontend, row)).flatMap((row) => this.throughPod(frontend, row))
  }

  private atOwner(node: string, frontend: Frontend, row: Observed): readonly Observed[] {
    const owner = this.nodes.get(frontend.address)
    const asked = `${frontend.address.includes(':') ? `[${frontend.address}]` : frontend.address}:${frontend.port}`
    if (row.verdict !== 'accepted' || row.destination !== asked || owner === undefined || owner === node) return [row]
    const there = this.flows(owner, frontend, 'outside')
    return there.length === 0 ? [row] : there.map((next) => following(row, next))
  }

  private throughPod(frontend: Frontend, row: Observed): readonly Observed[] {
    const [, v6, v4, port] = ENDPOINT.exec(row.destination ?? '') ?? []
    const pod = this.pods.get(v6 ?? v4 ?? '')
    if (row.verdict !== 'accepted' || pod?.service !== `${frontend.namespace}/${frontend.service}`) return [row]
    const onward = this.onward(pod, frontend, Number(port))
    if (onward.length === 0) return [{ ...row, verdict: 'unknown' as const, destination: null }]
    return onward.map((next) => following(row, next))
  }

  /** What the pod's node does with what the pod sends to the cluster IP that its rules name. */
  private onward({ namespace, pod, node }: Balancer, frontend: Frontend, port: number): Observed[] {
    const targets = this.store
      .prepare(
        `SELECT DISTINCT to_destination FROM rules WHERE namespace = ? AND pod = ? AND table_name = 'nat' AND chain = 'PREROUTING' AND target = 'DNAT'
           AND destination_ports = ? AND protocol = ?`
      )
      .pluck()
      .all(namespace, pod, String(port), frontend.protocol.toLowerCase()) as string[]
    const [, v6, v4, to] = ENDPOINT.exec(targets.length === 1 ? targets[0]! : '') ?? []
    if (to === undefined) return []
    return this.flows(node, { ...frontend, kind: 'cluster-ip', address: v6 ?? v4 ?? '', port: Number(to) }, 'pod')
  }

  private flows(node: string, frontend: Frontend, sender: string): Observed[] {
    return this.store
      .prepare(
        `SELECT destination, share, verdict, masqueraded, condition, why FROM flows
         WHERE snapshot = ? AND node = ? AND namespace = ? AND service = ? AND kind = ? AND address = ? AND port = ? AND protocol = ? AND sender = ?`
      )
      .all(
        this.snapshot,
        node,
        frontend.namespace,
        frontend.service,
        frontend.kind,
        frontend.address,
        frontend.port,
        frontend.protocol,
        sender
      ) as Observed[]
  }
}

const ENDPOINT = /^(?:\[(.*)\]|([^:]*)):(\d+)$/

/** The source is masqueraded on the way, rightly or not: what of it shows at the end is not compared. */
function following(row: Observed, next: Observed): Observed {
  const condition = [row.condition, next.condition].filter((text) => text !== '').join(' and ')
  return { ...next, share: row.share * next.share, masqueraded: null, condition }
}
