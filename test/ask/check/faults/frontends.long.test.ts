import { TAKEN } from '../checking.ts'
import { all, alter, before, type Capture, type Loose, without } from './capture.ts'
import { testFaults } from './faults.ts'

/** What no check of single rules knows: the packets tell. */
const NODES = ['kube-master', 'kube-worker1', 'kube-worker2']
const WEB = '-d 10.43.154.73/32 -p tcp -m tcp --dport 80'
const everywhere = (capture: Capture, change: (text: string) => string) =>
  NODES.forEach((node) => capture.dump(node, change))
const onAll = (...findings: string[]) => findings.flatMap((finding) => NODES.map((node) => `${finding} ${node}`))
const first = (table: string, rule: string) => (text: string) =>
  text.replace(new RegExp(`(\\*${table}\\n(?::.*\\n)+)`), `$1${rule}\n`)

testFaults('FRONTEND-LOST', [
  {
    name: "an admin blocks the endpoints' port in FORWARD",
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        before(/-A FORWARD /, '-A FORWARD -d 10.42.2.245/32 -p tcp -m tcp --dport 8888 -j DROP')
      ),
    finds: ['FRONTEND-LOST service/traefik-ns/traefik:keycloak kube-worker2']
  },
  {
    name: 'the raw table drops a cluster IP',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        (text) => `*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A PREROUTING ${WEB} -j DROP\nCOMMIT\n${text}`
      ),
    finds: ['FRONTEND-LOST service/demo/web:http kube-worker1']
  },
  {
    name: 'KUBE-SERVICES is left before a cluster IP is asked for',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        before(/-A KUBE-SERVICES .*"demo\/web:http cluster IP"/, `-A KUBE-SERVICES ${WEB} -j RETURN`)
      ),
    finds: ['FRONTEND-LOST service/demo/web:http kube-worker1']
  }
])

testFaults('FRONTEND-WRONG', [
  {
    name: 'a load balancer IP leads to another Service, on all nodes',
    change: (capture) =>
      everywhere(
        capture,
        before(
          /-A KUBE-SERVICES .*"demo\/lb-static:http loadbalancer IP"/,
          '-A KUBE-SERVICES -d 198.51.100.99/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-4IIC76BHGSQBKXMN'
        )
      ),
    finds: onAll('FRONTEND-WRONG service/demo/lb-static:http')
  },
  {
    name: "somebody has a DNAT of his own for a cluster IP, before kube-proxy's",
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        before(/-A PREROUTING .*KUBE-SERVICES/, `-A PREROUTING ${WEB} -j DNAT --to-destination 10.42.9.9:8080`)
      ),
    finds: ['FRONTEND-WRONG service/demo/web:http kube-worker1']
  },
  {
    name: 'an endpoint gets all packets',
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        before(
          /-A KUBE-SERVICES .*"demo\/web:http cluster IP"/,
          `-A KUBE-SERVICES ${WEB} -j DNAT --to-destination 10.42.0.165:8080`
        )
      ),
    finds: ['FRONTEND-WRONG service/demo/web:http kube-worker2']
  },
  {
    name: 'the load balancer of a Local Service leads to endpoints everywhere, on all nodes',
    change: (capture) =>
      everywhere(
        capture,
        before(
          /-A KUBE-SERVICES .*"demo\/local-lb:http loadbalancer IP"/,
          '-A KUBE-SERVICES -d 198.51.100.20/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-PBDNUGMT2A44FB3F'
        )
      ),
    // kube-worker1 has all its endpoints: there only the source is at stake.
    finds: [
      'FRONTEND-OPEN service/demo/local-lb:http kube-master',
      'FRONTEND-MASQ service/demo/local-lb:http kube-worker1',
      'FRONTEND-OPEN service/demo/local-lb:http kube-worker2'
    ]
  }
])

testFaults(
  'FRONTEND-UNEVEN',
  ['kube-master', 'kube-worker1', 'kube-worker2'].map((node) => ({
    name: `a DNAT that takes half of the packets on ${node}`,
    change: (capture: Capture) =>
      capture.dump(
        node,
        before(
          /-A KUBE-SERVICES .*"demo\/web:http cluster IP"/,
          `-A KUBE-SERVICES ${WEB} -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination 10.42.0.190:8080`
        )
      ),
    // On its own node the endpoint's packets are masqueraded by kube-proxy alone.
    finds: [
      `FRONTEND-UNEVEN service/demo/web:http ${node}`,
      ...(node === 'kube-master' ? ['FRONTEND-MASQ service/demo/web:http kube-master'] : [])
    ]
  }))
)

testFaults('FRONTEND-OPEN', [
  {
    name: 'a Service without endpoints is answered by somebody',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        before(
          /-A PREROUTING .*KUBE-SERVICES/,
          '-A PREROUTING -d 10.43.129.201/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.42.0.165:8080'
        )
      ),
    finds: ['FRONTEND-OPEN service/demo/noep:http kube-worker1']
  },
  {
    name: 'so is a node port',
    change: (capture) =>
      capture.dump(
        'kube-master',
        before(
          /-A PREROUTING .*KUBE-SERVICES/,
          '-A PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 30480 -j DNAT --to-destination 10.42.0.165:8080'
        )
      ),
    finds: ['FRONTEND-OPEN service/demo/noep-np:http kube-master']
  },
  {
    name: 'a DNAT passes by the source ranges',
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        before(
          /-A PREROUTING .*KUBE-SERVICES/,
          '-A PREROUTING -s 192.0.2.0/24 -d 198.51.100.21/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.42.0.165:8080'
        )
      ),
    finds: ['FRONTEND-OPEN service/demo/lb-ranges:http kube-worker2']
  }
])

testFaults('FRONTEND-REFUSAL', [
  {
    name: 'no node refuses a Service without endpoints',
    change: (capture) => everywhere(capture, without(/-A KUBE-SERVICES .*"demo\/noep:http has no endpoints"/)),
    finds: onAll('FRONTEND-REFUSAL service/demo/noep:http')
  },
  {
    name: 'all nodes drop it, so that callers wait',
    change: (capture) =>
      everywhere(capture, alter(/(-A KUBE-SERVICES .*"demo\/noep:http has no endpoints".*-j )REJECT .*/, '$1DROP')),
    finds: onAll('FRONTEND-REFUSAL service/demo/noep:http')
  },
  {
    name: 'an ACCEPT before the refusals',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        before(/-A (FORWARD|OUTPUT) .*-j KUBE-SERVICES/, '-A FORWARD -d 10.43.129.201/32 -j ACCEPT')
      ),
    finds: ['FRONTEND-REFUSAL service/demo/noep:http kube-worker1']
  }
])

testFaults('FRONTEND-MASQ', [
  {
    name: 'KUBE-POSTROUTING is left before it masquerades',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        before(/-A KUBE-POSTROUTING /, '-A KUBE-POSTROUTING -p tcp -m tcp --dport 8888 -j ACCEPT')
      ),
    finds: ['FRONTEND-MASQ service/traefik-ns/traefik:keycloak kube-worker1']
  },
  {
    name: 'POSTROUTING spares one endpoint',
    change: (capture) =>
      capture.dump(
        'kube-master',
        first('nat', '-A POSTROUTING -d 10.42.2.245/32 -p tcp -m tcp --dport 8888 -j ACCEPT')
      ),
    finds: ['FRONTEND-MASQ service/traefik-ns/traefik:keycloak kube-master']
  },
  {
    name: 'the mark is taken off again',
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        before(
          /-A KUBE-POSTROUTING /,
          '-A KUBE-POSTROUTING -d 10.42.2.245/32 -p tcp -m tcp --dport 8888 -j MARK --set-xmark 0x0/0xffffffff'
        )
      ),
    finds: ['FRONTEND-MASQ service/traefik-ns/traefik:keycloak kube-worker2']
  }
])

testFaults('FRONTEND-MASQ-NEEDLESS', [
  {
    name: 'the rule for clients outside is for all',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/(-A KUBE-SERVICES )! -s 10\.42\.0\.0\/16 (-d \S+ .*"demo\/web:http cluster IP")/, '$1$2')
      ),
    finds: ['FRONTEND-MASQ-NEEDLESS service/demo/web:http kube-worker1']
  },
  {
    name: 'everything that goes to one endpoint is masqueraded',
    change: (capture) =>
      capture.dump(
        'kube-master',
        first('nat', '-A POSTROUTING -d 10.42.2.245/32 -p tcp -m tcp --dport 8888 -j MASQUERADE')
      ),
    finds: ['FRONTEND-MASQ-NEEDLESS service/traefik-ns/traefik:keycloak kube-master']
  },
  {
    name: "a Local Service loses its clients' addresses",
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        before(/-A KUBE-XLB-PBDNUGMT2A44FB3F /, '-A KUBE-XLB-PBDNUGMT2A44FB3F -j KUBE-MARK-MASQ')
      ),
    finds: ['FRONTEND-MASQ-NEEDLESS service/demo/local-lb:http kube-worker1']
  }
])

const endpoint = (address: string) => (endpoints: Loose[]) => [...endpoints, { ...endpoints[0], addresses: [address] }]
const slicesOf =
  (service: string, change: (endpoints: Loose[]) => Loose[]) =>
  (slices: Loose[]): void => {
    for (const slice of slices)
      if (slice.metadata.labels['kubernetes.io/service-name'] === service && slice.metadata.namespace === 'demo')
        slice.endpoints = change(slice.endpoints)
  }

testFaults('IN-FLUX', [
  {
    name: 'an endpoint came after the nodes were read',
    change: (capture) => capture.list('endpointslices-after', slicesOf('web', endpoint('10.42.1.99'))),
    finds: []
  },
  {
    name: 'the nodes had an endpoint already that was listed only then',
    change: (capture) =>
      capture.list(
        'endpointslices',
        slicesOf('web', (endpoints) => endpoints.slice(1))
      ),
    finds: onAll('IN-FLUX service/demo/web:http')
  },
  {
    name: 'an endpoint is gone from the first list and new in the second, and one node knows neither',
    change: (capture) => {
      capture.list('endpointslices', slicesOf('np', endpoint('10.42.1.98')))
      capture.list('endpointslices-after', slicesOf('np', endpoint('10.42.1.99')))
    },
    finds: onAll('IN-FLUX service/demo/np:http')
  },
  {
    name: 'a Service was made while the nodes were read',
    change: (capture) => {
      capture.object('services', 'demo/np', ({ metadata }) => {
        metadata.creationTimestamp = TAKEN.toISOString()
      })
      capture.dump('kube-worker1', all(without(/"demo\/np:http/), without(/KUBE-SVC-4IIC76BHGSQBKXMN/)))
    },
    finds: ['IN-FLUX service/demo/np:http kube-worker1', 'CHAIN-ORPHAN node/kube-worker1 kube-worker1']
  }
])

testFaults('AFFINITY-WRONG', [
  {
    name: 'a sticky Service chooses anew each time',
    change: (capture) => capture.dump('kube-worker1', without(/-A KUBE-SVC-\S+ .*"demo\/sticky:http".*--rcheck/)),
    finds: ['AFFINITY-WRONG service/demo/sticky:http kube-worker1']
  },
  {
    name: 'an endpoint does not remember',
    change: (capture) =>
      capture.dump(
        'kube-worker2',
        alter(/(-A KUBE-SEP-\S+ -p tcp .*"demo\/sticky:http") -m recent --set --name \S+ --mask \S+ --rsource/, '$1')
      ),
    finds: ['AFFINITY-WRONG service/demo/sticky:http kube-worker2']
  },
  {
    name: "an endpoint's clients are asked for after all are sent somewhere",
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(
          /(.*-A KUBE-SVC-\S+ .*"demo\/sticky:http".*--rcheck .*\n)((?:.*-A KUBE-SVC-\S+ .*"demo\/sticky:http".*\n)+)/,
          '$2$1'
        )
      ),
    finds: ['AFFINITY-WRONG service/demo/sticky:http kube-worker1']
  },
  {
    name: "an endpoint's clients are asked for at one interface",
    change: (capture) =>
      capture.dump('kube-worker1', alter(/(-A KUBE-SVC-\S+) (.*"demo\/sticky:http".*--rcheck)/, '$1 -i eth7 $2')),
    finds: ['AFFINITY-WRONG service/demo/sticky:http kube-worker1']
  },
  {
    name: 'for another time',
    change: (capture) => capture.dump('kube-master', alter(/("demo\/sticky:http".*--rcheck --seconds )\d+/, '$17')),
    finds: ['AFFINITY-WRONG service/demo/sticky:http kube-master']
  },
  {
    name: 'the Service asks for none',
    change: (capture) =>
      capture.object('services', 'demo/sticky', ({ spec }) => {
        spec.sessionAffinity = 'None'
        delete spec.sessionAffinityConfig
      }),
    finds: onAll('AFFINITY-WRONG service/demo/sticky:http')
  }
])

testFaults('MASQ-MISSING', [
  {
    name: 'an endpoint is marked by another address',
    change: (capture) =>
      capture.dump(
        'kube-worker1',
        alter(/(-A KUBE-SEP-\S+ -s )\S+( .*"demo\/np:http".*KUBE-MARK-MASQ)/, '$110.42.9.9/32$2')
      ),
    finds: ['MASQ-MISSING service/demo/np:http kube-worker1']
  },
  {
    name: 'an endpoint is marked too late',
    change: (capture) =>
      capture.dump('kube-worker1', (text) =>
        text.replace(/^(.*-A KUBE-SEP-\S+ -s .*"demo\/np:http".*KUBE-MARK-MASQ)\n(.*)$/m, '$2\n$1')
      ),
    finds: ['MASQ-MISSING service/demo/np:http kube-worker1']
  },
  {
    name: 'the mark is another',
    change: (capture) =>
      capture.dump('kube-worker1', alter(/(-A KUBE-MARK-MASQ -j MARK --set-xmark )0x4000\/0x4000/, '$10x8/0x8')),
    finds: ['MASQ-MISSING node/kube-worker1 kube-worker1']
  }
])
