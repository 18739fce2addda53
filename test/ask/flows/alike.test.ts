import test, { type ExecutionContext } from 'ava'
import { AlikeFrontends } from '../../../src/ask/flows/alike.ts'
import { type Flow, flowsTo } from '../../../src/ask/flows/compute.ts'
import type { Frontend } from '../../../src/ask/flows/frontend.ts'
import { RuleLayer } from '../../../src/ask/flows/layer.ts'
import { nodeRules } from '../../../src/ask/flows/node-rules.ts'
import { Shapes } from '../../../src/ask/flows/shape.ts'
import type { Rules } from '../../../src/model/packet/packet.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import { readForm } from '../../../src/store/rules/form-text.ts'
import type { StoredChains, StoredForm, StoredRule } from '../../../src/store/rules/stored-chains.ts'
import { oracleCases, oracleFiles, testWithOracle } from '../../support/oracle.ts'

/** What is taken from an alike frontend must be what following the packet says. */

interface Compared {
  readonly frontends: number
  /** Frontends that were not followed themselves. */
  readonly taken: number
}

function compare(t: ExecutionContext, text: string, family: 4 | 6, own: readonly string[], what: string): Compared {
  const layer = new RuleLayer(storedChains(text))
  let asked = 0
  const from = nodeRules([{ layers: [layer], whole: true }], family, new Shapes(layer))
  const rules = from.rules as Rules
  const counted = {
    ...from,
    rules: { ...rules, chain: (...names: Parameters<typeof rules.chain>) => (asked++, rules.chain(...names)) }
  }
  const addresses = own
    .filter((address) => address.includes(':') === (family === 6))
    .map((address) => ({ address, prefix: family === 6 ? 64 : 24 }))
  const senders =
    family === 6 ? { pod: 'fd00:10::9', outside: '2001:db8:0:ffff::1' } : { pod: '10.42.0.253', outside: '192.0.2.1' }
  const of = {
    name: 'node',
    host: { addresses },
    own: new Set(own),
    senders: { ...senders, node: addresses[0]!.address },
    address: addresses[0]!.address,
    lacksProxy: false
  }
  const alike = new AlikeFrontends(counted, of)
  let taken = 0
  const frontends = frontendsIn(text)
  for (const frontend of frontends) {
    asked = 0
    const { patterns, addresses: met } = alike.flowsTo(frontend)
    const told = comparable(
      patterns.map(({ address, ...flow }) =>
        address === undefined ? flow : { ...flow, destination: `${met[address]}${flow.destination}` }
      )
    )
    if (asked === 0) taken += 1
    t.deepEqual(
      told,
      comparable(flowsTo(rules, of, frontend).flows),
      `${what}: ${frontend.address}:${frontend.port}/${frontend.protocol}`
    )
  }
  return { frontends: frontends.length, taken }
}

/** The dump as the store keeps it: rules as forms and words. */
function storedChains(text: string): StoredChains {
  const forms = new Map<string, StoredForm>()
  const rule = (line: string): StoredRule => {
    const { text: form, args, labelled } = readForm(line, null)
    const key = `${form} ${args.length}`
    if (!forms.has(key)) forms.set(key, { text: form, arguments: args.length, labelled })
    return { form: forms.get(key)!, words: args, first: 0 }
  }
  return new Map(
    readSave(text).tables.map(({ name: table, chains }) => [
      table ?? '',
      new Map(
        [...chains].map(([name, { policy, rules }]) => [
          name,
          { table: table ?? '', name, policy, complete: true, label: '', rules: rules.map((each) => rule(each.text)) }
        ])
      )
    ])
  )
}

function comparable(flows: readonly Flow[]): unknown[] {
  return flows.map((flow) => JSON.stringify({ ...flow, share: Number(flow.share.toFixed(9)) })).sort()
}

/** Every address and port that a rule names: Services' or not. */
function frontendsIn(text: string): Frontend[] {
  const found = new Map(
    [...text.matchAll(/-d (\S+)\/(?:32|128) .*?-p (tcp|udp|sctp)\b.*--dport (\d+)/g)].map(
      ([, address, protocol, port]) => [
        `${address} ${protocol} ${port}`,
        { address: address!, protocol: protocol!, port: Number(port) }
      ]
    )
  )
  return [...found.values()].map((frontend) => ({
    ...frontend,
    namespace: '',
    service: '',
    portName: '',
    kind: 'cluster-ip'
  }))
}

interface OracleCase {
  readonly dumpSave: string
  readonly ipFamily: string
  readonly nodeIPs: string[]
  readonly k8sVersion: string
  readonly test: string
}

testWithOracle('in the rules of kube-proxy of several versions', (t) => {
  const compared = { frontends: 0, taken: 0 }
  for (const file of oracleFiles('iptables')) {
    for (const { dumpSave, ipFamily, nodeIPs, k8sVersion, test: name } of oracleCases<OracleCase>(file)) {
      const { frontends, taken } = compare(t, dumpSave, ipFamily === 'IPv6' ? 6 : 4, nodeIPs, `${k8sVersion} ${name}`)
      compared.frontends += frontends
      compared.taken += taken
    }
  }
  t.true(compared.frontends > 300 && compared.taken > 10, JSON.stringify(compared))
})

/** Service 0 to `count` - 1, each with an address of its own and two endpoints; `odd` changes one rule. */
function services(count: number, odd: (rule: string, service: number) => string = (rule) => rule): string {
  const ids = Array.from({ length: count }, (_, index) => index)
  const hash = (kind: string, index: number) => `KUBE-${kind}-${String(index).padStart(16, 'A')}`
  const lines = (service: number) => [
    `-A KUBE-SERVICES -d 10.43.0.${service + 1}/32 -p tcp -m comment --comment "demo/s${service} cluster IP" -m tcp --dport 80 -j ${hash('SVC', service)}`,
    `-A ${hash('SVC', service)} ! -s 10.42.0.0/16 -d 10.43.0.${service + 1}/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ`,
    `-A ${hash('SVC', service)} -m statistic --mode random --probability 0.50000000000 -j ${hash('SEP', 2 * service)}`,
    `-A ${hash('SVC', service)} -j ${hash('SEP', 2 * service + 1)}`,
    ...[0, 1].flatMap((at) => [
      `-A ${hash('SEP', 2 * service + at)} -s 10.42.1.${2 * service + at + 1}/32 -j KUBE-MARK-MASQ`,
      `-A ${hash('SEP', 2 * service + at)} -p tcp -m tcp -j DNAT --to-destination 10.42.1.${2 * service + at + 1}:8080`
    ])
  ]
  return [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-MARK-MASQ - [0:0]',
    ...ids.flatMap((index) => [
      `:${hash('SVC', index)} - [0:0]`,
      `:${hash('SEP', 2 * index)} - [0:0]`,
      `:${hash('SEP', 2 * index + 1)} - [0:0]`
    ]),
    '-A PREROUTING -j KUBE-SERVICES',
    '-A OUTPUT -j KUBE-SERVICES',
    '-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE',
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    ...ids.flatMap((index) => lines(index).map((rule) => odd(rule, index))),
    'COMMIT',
    '*filter',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    '-A FORWARD -s 10.42.0.0/16 -j ACCEPT',
    '-A FORWARD -d 10.42.1.12/32 -j DROP',
    'COMMIT',
    ''
  ].join('\n')
}

test('of Services that are written alike one is followed, but for the endpoint that a rule of its own names', (t) => {
  t.deepEqual(compare(t, services(40), 4, ['192.168.0.2'], 'alike'), { frontends: 40, taken: 38 })
})

for (const [about, odd] of [
  ['another chance', (rule: string) => rule.replace('0.50000000000', '0.25000000000')],
  ['another port', (rule: string) => rule.replace(':8080', ':9090')],
  ['another network excepted', (rule: string) => rule.replace('10.42.0.0/16', '10.42.1.0/24')],
  ['no masquerade', (rule: string) => rule.replace(/-j KUBE-MARK-MASQ/, '-j RETURN')],
  [
    'a range of endpoints',
    (rule: string) => rule.replace(/(--to-destination 10\.42\.1\.)(\d+)/, '$1$2-$1$2'.replace('-$1', '-10.42.1.'))
  ],
  ['an endpoint that is the node itself', (rule: string) => rule.replace(/10\.42\.1\.7(?=[/:])/, '192.168.0.2')],
  ['an endpoint beyond the pod network', (rule: string) => rule.replace(/10\.42\.1\.7(?=[/:])/, '172.16.0.7')]
] as const) {
  test(`a Service that differs is followed itself: ${about}`, (t) => {
    const text = services(20, (rule, service) => (service === 3 ? odd(rule) : rule))
    t.not(text, services(20))
    const { taken } = compare(t, text, 4, ['192.168.0.2'], about)
    t.is(taken, 17)
  })
}

test('where rules name interfaces, every frontend is followed', (t) => {
  const text = services(10).replace('-A FORWARD -s', '-A FORWARD -i eth9 -j DROP\n-A FORWARD -s')
  t.deepEqual(compare(t, text, 4, ['192.168.0.2'], 'interfaces'), { frontends: 10, taken: 0 })
})
