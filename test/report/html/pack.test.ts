import test from 'ava'
import fc from 'fast-check'
import { NodeSets, packService, unpackService } from '../../../src/report/html/pack.ts'

const flag = fc.constantFrom(0, 1, null)
const nodes = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'))
const endpoint = fc.record({
  address: fc.string(),
  ready: flag,
  serving: flag,
  terminating: flag,
  node: fc.option(fc.string()),
  pod: fc.option(fc.string()),
  isListed: fc.boolean(),
  isHinted: fc.boolean(),
  chain: fc.option(fc.string())
})
const end = fc.record({
  destination: fc.option(fc.string()),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  verdict: fc.constantFrom('accepted' as const, 'dropped' as const, 'rejected' as const, 'unknown' as const),
  masqueraded: fc.constantFrom(true, false, null),
  condition: fc.string(),
  why: fc.string()
})
const frontend = fc.record({
  kind: fc.string(),
  address: fc.string(),
  port: fc.nat(),
  ways: fc.array(fc.record({ family: fc.string(), senders: fc.array(fc.string()), nodes, ends: fc.array(end) }))
})
const port = fc.record({
  portName: fc.string(),
  protocol: fc.string(),
  port: fc.nat(),
  chains: fc.array(fc.record({ chain: fc.string(), nodes })),
  endpoints: fc.uniqueArray(endpoint, { selector: ({ address }) => address }),
  frontends: fc.array(frontend)
})
const text = fc.option(fc.string())
const service = fc.record({
  namespace: fc.string(),
  service: fc.string(),
  type: text,
  clusterIp: text,
  externalName: text,
  internalTrafficPolicy: text,
  externalTrafficPolicy: text,
  sessionAffinity: text,
  ports: fc.array(port)
})

test('what is packed comes back as it was', (t) => {
  fc.assert(
    fc.property(service, (given) => {
      const sets = new NodeSets()
      const sent = JSON.parse(JSON.stringify([packService(given, sets), sets.sets])) as [
        ReturnType<typeof packService>,
        string[][]
      ]
      // JSON has no -0.
      t.deepEqual(unpackService(...sent), JSON.parse(JSON.stringify(given)) as typeof given)
    })
  )
  t.pass()
})
