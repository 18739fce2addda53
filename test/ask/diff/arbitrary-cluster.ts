import fc from 'fast-check'
import type { Cluster, Look, Service } from './cluster.ts'

const address = fc.integer({ min: 1, max: 6 }).map((last) => `10.42.0.${last}`)

const service = (index: number): fc.Arbitrary<Service> =>
  fc.record({
    name: fc.constant(`s${index}`),
    clusterIp: fc.constant(`10.43.0.${index}`),
    port: fc.constantFrom(80, 443),
    nodePort: fc.constantFrom(30000 + index, 30100 + index),
    label: fc.constantFrom('a', 'b'),
    endpoints: fc.uniqueArray(fc.record({ address, ready: fc.boolean() }), {
      selector: (endpoint) => endpoint.address,
      maxLength: 4
    })
  })

const services = fc.subarray([1, 2, 3]).chain((indexes) => fc.tuple(...indexes.map(service)))

const node = (name: string) =>
  fc.record({
    name: fc.constant(name),
    programmed: services,
    policy: fc.constantFrom('ACCEPT', 'DROP'),
    extraRules: fc.array(fc.constantFrom('-s 192.0.2.1/32 -j ACCEPT', '-s 192.0.2.0/24 -j DROP', '-j RETURN'), {
      maxLength: 3
    })
  })

export const cluster: fc.Arbitrary<Cluster> = fc.record({
  services,
  nodes: fc.subarray(['n1', 'n2']).chain((names) => fc.tuple(...names.map(node))),
  pods: fc.uniqueArray(fc.record({ name: fc.constantFrom('p1', 'p2'), node: fc.constantFrom('n1', 'n2'), address }), {
    selector: ({ name }) => name
  }),
  failed: fc.subarray(['services', 'endpointslices', 'pods', 'n1'], { maxLength: 1 })
})

export const PLAIN: Look = { resourceVersion: '1', counters: 0, shuffle: (list) => [...list] }

export const look = fc
  .record({ resourceVersion: fc.constantFrom('2', '77'), counters: fc.integer({ min: 0, max: 9 }), seed: fc.integer() })
  .map(({ seed, ...rest }): Look => ({ ...rest, shuffle: (list) => shuffled(list, seed) }))

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const copy = [...list]
  let state = seed >>> 0
  for (let place = copy.length - 1; place > 0; place--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const other = state % (place + 1)
    ;[copy[place], copy[other]] = [copy[other]!, copy[place]!]
  }
  return copy
}
