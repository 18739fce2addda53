/**
 * What one node's rules counted for one frontend. A nat rule counts the first packet of each connection. A rule that is written anew, as
 * kube-proxy does, counts from 0 again, and that need not show: so the counters prove a least number, and never that there were none.
 */
export interface FrontendTraffic {
  /** `demo/web` */
  readonly service: string
  readonly namespace: string
  /** `10.43.0.1:80/TCP` */
  readonly frontend: string
  readonly node: string
  readonly family: string
  /** Packets as each snapshot counts them; null where it has no counters, or no rule for the frontend. */
  readonly before: number | null
  readonly after: number | null
  /** Packets that certainly came between the two snapshots; null where one of them does not say. */
  readonly atLeast: number | null
  /** A counter fell: it was reset in between. */
  readonly isReset: boolean
}
