import { randomStream, sample } from './random.ts'

/** One Service with one port, as far as kube-proxy's rules depend on it. */
export interface Service {
  /** `namespace/name:port` */
  readonly name: string
  readonly clusterIp: string
  /** Pod addresses, as numbers within 10.64.0.0/10. */
  readonly endpoints: readonly number[]
}

export interface Size {
  readonly services: number
  readonly endpoints: number
}

/** Of the measurements: a large cluster, 320,000 rules a node. */
export const G: Size = { services: 10_000, endpoints: 10 }

export const ENDPOINT_PORT = 8080

export function address(pod: number): string {
  return `10.${64 + (pod >> 16)}.${(pod >> 8) & 255}.${pod & 255}`
}

/** What changes from one day to the next. */
export interface Churn {
  /** Part of the Services that change in a day. */
  readonly part: number
  /** How many endpoints of such a Service are replaced. */
  readonly replaced: number
}

/** The cluster day after day: day 0, then each with `churn` against the one before. Pod addresses are not used again. */
export class Days {
  services: readonly Service[]
  private readonly churn: Churn
  private readonly random = randomStream(1)
  private nextPod = 0

  constructor({ services, endpoints }: Size, churn: Churn = { part: 0.01, replaced: 1 }) {
    this.churn = churn
    this.services = Array.from({ length: services }, (_, index) => ({
      name: `team-${String(index % 97).padStart(2, '0')}/service-${String(index).padStart(5, '0')}:http`,
      clusterIp: `10.${32 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
      endpoints: Array.from({ length: endpoints }, () => this.newPod())
    }))
  }

  next(): void {
    const changed = sample(Math.round(this.services.length * this.churn.part), this.services.length, this.random)
    this.services = this.services.map((service, index) => (changed.has(index) ? this.changed(service) : service))
  }

  private changed(service: Service): Service {
    const places = sample(this.churn.replaced, service.endpoints.length, this.random)
    return { ...service, endpoints: service.endpoints.map((pod, index) => (places.has(index) ? this.newPod() : pod)) }
  }

  /** Spread over the whole network, so that a new pod sorts anywhere among the old ones. */
  private newPod(): number {
    return Math.imul(this.nextPod++, 0x9e3779b1) >>> 10
  }
}
