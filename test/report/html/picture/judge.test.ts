import test from 'ava'
import type { PictureEndpoint, PictureService } from '../../../../src/ask/report/services.ts'
import type { Way } from '../../../../src/ask/report/ways.ts'
import { type JudgedEndpoint, judgePort } from '../../../../src/report/html/picture/judge.ts'
import { servicePicture } from '../../../../src/report/html/picture/service.ts'

const NODES = ['a', 'b', 'c']

function endpoint(address: string, given: Partial<PictureEndpoint> = {}): PictureEndpoint {
  return {
    address,
    ready: 1,
    serving: 1,
    terminating: 0,
    node: 'a',
    pod: `demo/${address}`,
    isListed: true,
    isHinted: false,
    chain: null,
    ...given
  }
}

const astray = (address: string) =>
  endpoint(address, { ready: null, serving: null, terminating: null, node: null, pod: null, isListed: false })

function way(nodes: readonly string[], destinations: readonly string[], given: Partial<Way> = {}): Way {
  const ends = destinations.map((destination) => ({
    destination,
    share: 1 / destinations.length,
    verdict: 'accepted' as const,
    masqueraded: false,
    condition: '',
    why: ''
  }))
  return { family: 'ipv4', senders: ['pod', 'node', 'outside'], nodes, ends, ...given }
}

const verdict = (nodes: readonly string[], of: 'rejected' | 'unknown', why: string): Way =>
  way(nodes, [], { ends: [{ destination: null, share: 1, verdict: of, masqueraded: null, condition: '', why }] })

function service(
  endpoints: readonly PictureEndpoint[],
  ways: readonly Way[],
  given: Partial<PictureService> = {},
  kind = 'cluster-ip'
): PictureService {
  const ports = [
    {
      portName: 'http',
      protocol: 'TCP',
      port: 80,
      chains: [],
      endpoints,
      frontends: [{ kind, address: '10.43.0.1', port: 80, ways }]
    }
  ]
  return {
    namespace: 'demo',
    service: 'web',
    type: 'ClusterIP',
    clusterIp: '10.43.0.1',
    externalName: '',
    internalTrafficPolicy: 'Cluster',
    externalTrafficPolicy: '',
    sessionAffinity: 'None',
    ports,
    ...given
  }
}

function marks(of: PictureService, known = true): string[] {
  const told = ({ endpoint: { address }, mark, reachedOn, missingOn }: JudgedEndpoint) =>
    `${address} ${mark} [${reachedOn.join()}] missing [${missingOn.join()}]`
  return judgePort(of, of.ports[0]!, { endpoints: known }).endpoints.map(told)
}

const [ONE, TWO] = [endpoint('10.0.0.1:80'), endpoint('10.0.0.2:80')]

const cases: readonly { name: string; of: PictureService; known?: boolean; marks: readonly string[] }[] = [
  {
    name: 'every node sends to both',
    of: service([ONE, TWO], [way(NODES, ['10.0.0.1:80', '10.0.0.2:80'])]),
    marks: ['10.0.0.1:80 right [a,b,c] missing []', '10.0.0.2:80 right [a,b,c] missing []']
  },
  {
    name: 'one node never sends to the second',
    of: service([ONE, TWO], [way(['a', 'b'], ['10.0.0.1:80', '10.0.0.2:80']), way(['c'], ['10.0.0.1:80'])]),
    marks: ['10.0.0.1:80 right [a,b,c] missing []', '10.0.0.2:80 missing [a,b] missing [c]']
  },
  {
    name: 'what one sender reaches is not missing',
    of: service([ONE], [way(NODES, ['10.0.0.1:80'], { senders: ['pod'] }), verdict(NODES, 'rejected', 'a range')]),
    marks: ['10.0.0.1:80 right [a,b,c] missing []']
  },
  {
    name: 'rules send to what no object lists',
    of: service([ONE, astray('10.9.9.9:80')], [way(['a', 'b'], ['10.0.0.1:80']), way(['c'], ['10.9.9.9:80'])]),
    marks: ['10.0.0.1:80 missing [a,b] missing [c]', '10.9.9.9:80 stale [c] missing []']
  },
  {
    name: 'the same, where the endpoints were not read whole: nothing is stale or missing',
    known: false,
    of: service([ONE, astray('10.9.9.9:80')], [way(['a', 'b'], ['10.0.0.1:80']), way(['c'], ['10.9.9.9:80'])]),
    marks: ['10.0.0.1:80 right [a,b] missing []', '10.9.9.9:80 undecided [c] missing []']
  },
  {
    name: 'policy Local',
    of: service([ONE, TWO], [way(['a'], ['10.0.0.1:80']), way(['b'], ['10.0.0.2:80'])], {
      internalTrafficPolicy: 'Local'
    }),
    marks: ['10.0.0.1:80 right [a] missing []', '10.0.0.2:80 right [b] missing []']
  },
  {
    name: 'a policy that is not told promises nothing',
    of: service([ONE, TWO], [way(NODES, ['10.0.0.1:80'])], { internalTrafficPolicy: null }),
    marks: ['10.0.0.1:80 right [a,b,c] missing []', '10.0.0.2:80 left-out [] missing []']
  },
  {
    name: 'an endpoint with hints may be left out',
    of: service([ONE, { ...TWO, isHinted: true }], [way(NODES, ['10.0.0.1:80'])]),
    marks: ['10.0.0.1:80 right [a,b,c] missing []', '10.0.0.2:80 left-out [] missing []']
  },
  {
    name: 'not ready',
    of: service([ONE, { ...TWO, ready: 0 }], [way(NODES, ['10.0.0.1:80'])]),
    marks: ['10.0.0.1:80 right [a,b,c] missing []', '10.0.0.2:80 left-out [] missing []']
  },
  {
    name: 'not ready and sent to',
    of: service([{ ...ONE, ready: 0 }], [way(NODES, ['10.0.0.1:80'])]),
    marks: ['10.0.0.1:80 not-ready [a,b,c] missing []']
  },
  {
    name: 'rules that are not known prove nothing missing',
    of: service([ONE], [verdict(NODES, 'unknown', 'rules were not read')]),
    marks: ['10.0.0.1:80 left-out [] missing []']
  },
  {
    name: 'what depends on something not told proves nothing',
    of: service(
      [ONE, astray('10.9.9.9:80')],
      [
        way(['a'], ['10.9.9.9:80'], {
          ends: [
            {
              destination: '10.9.9.9:80',
              share: 1,
              verdict: 'accepted',
              masqueraded: false,
              condition: 'it rains',
              why: ''
            }
          ]
        })
      ]
    ),
    marks: ['10.0.0.1:80 left-out [] missing []', '10.9.9.9:80 undecided [a] missing []']
  },
  {
    name: 'the other family',
    of: service([ONE, endpoint('[fd00::1]:80')], [way(NODES, ['10.0.0.1:80'])]),
    marks: ['10.0.0.1:80 right [a,b,c] missing []', '[fd00::1]:80 left-out [] missing []']
  }
]

for (const { name, of, known, marks: expected } of cases) test(name, (t) => t.deepEqual(marks(of, known), expected))

test('a frontend that is refused although endpoints are ready is wrong, without any it is right', (t) => {
  const refused = [verdict(NODES, 'rejected', 'no endpoints')]
  const frontend = (of: PictureService) => judgePort(of, of.ports[0]!, { endpoints: true }).frontends[0]!
  t.like(frontend(service([ONE], refused)), { isWrong: true, states: { 0: { mark: 'refused', why: 'no endpoints' } } })
  t.false(frontend(service([], refused)).isWrong)
  t.false(frontend(service([ONE], refused, { internalTrafficPolicy: 'Local' })).isWrong)
  const unknownToo = way(NODES, [], {
    ends: [...way(NODES, ['10.43.0.1:80']).ends, ...verdict(NODES, 'unknown', 'a chain was not captured').ends]
  })
  t.like(frontend(service([ONE], [unknownToo])), { isWrong: false, states: { 0: { mark: 'unknown' } } })
  t.like(frontend(service([ONE], [way(NODES, ['10.43.0.1:80'])])), {
    isWrong: false,
    states: { 0: { mark: 'untouched' } }
  })
})

test('the picture says in words what it draws', (t) => {
  const { text } = servicePicture(
    service([ONE, astray('10.9.9.9:80')], [way(['a', 'b'], ['10.0.0.1:80']), way(['c'], ['10.9.9.9:80'])]),
    { endpoints: true }
  )
  t.regex(text, /role="img" aria-labelledby="drawing-0"/)
  t.regex(text, /Port 80\/TCP: 1 frontends, 2 endpoints, 2 wrong/)
  t.regex(text, /<td>○ missing only on c, sent to on 2 of 3 nodes \(a, b\)<\/td>/)
  t.regex(text, /<td>✕ stale only on c<\/td>/)
})

test('a condition is told with the frontend', (t) => {
  const ends = [
    {
      destination: '10.0.0.1:80',
      share: 1,
      verdict: 'accepted' as const,
      masqueraded: false,
      condition: "the address is the node's",
      why: ''
    }
  ]
  const { text } = servicePicture(service([ONE], [way(NODES, [], { ends })]), { endpoints: true })
  t.regex(text, /sent to endpoints on 3 of 3 nodes \(if the address is the node&#39;s\)/)
})

test('many endpoints of a node that are alike are one line of the drawing, and each a row of the table', (t) => {
  const many = Array.from({ length: 100 }, (_, index) => endpoint(`10.0.1.${index}:80`))
  const { text } = servicePicture(
    service(many, [
      way(
        NODES,
        many.map(({ address }) => address)
      )
    ]),
    { endpoints: true }
  )
  t.is(text.match(/class="pod /g)!.length, 1)
  t.regex(text, />100 endpoints</)
  t.is(text.match(/<tr class="mark-right">/g)!.length, 100)
})
