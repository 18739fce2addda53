import test from 'ava'
import { SHOWN } from '../../src/cli/commands/show/kinds.ts'
import { show } from '../../src/cli/commands/show/show.ts'
import { showJson, showText } from '../../src/cli/commands/show/text.ts'
import { nearest } from '../../src/cli/nearest.ts'
import type { CollectedItem } from '../../src/collect/item.ts'
import { API_KINDS, API_NAMES } from '../../src/kinds/kinds.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import { facts } from '../support/capture.ts'
import { memorySnapshot } from '../support/snapshot.ts'

const at = new Date(Date.UTC(2026, 10, 22, 2))
const NAME = '2026-11-22T02-00-00Z'
const HASH = 'XRY76EGRC3BSCIIJ' // of demo/web:http over TCP

function item(kind: CollectedItem['kind'], content: string | null, extra: Partial<CollectedItem> = {}): CollectedItem {
  const time = at.toISOString()
  return {
    kind,
    command: [kind],
    startedAt: time,
    endedAt: time,
    exitCode: content === null ? 1 : 0,
    error: content === null ? 'connection refused' : null,
    stderr: null,
    ...extra,
    content: content === null ? null : Buffer.from(content)
  }
}

const list = (...items: object[]) => JSON.stringify({ kind: 'List', items })

const SERVICE = {
  metadata: { namespace: 'demo', name: 'web' },
  spec: {
    type: 'NodePort',
    clusterIP: '10.43.0.7',
    clusterIPs: ['10.43.0.7'],
    ports: [{ name: 'http', protocol: 'TCP', port: 80, nodePort: 30080, targetPort: 8080 }]
  },
  status: {}
}
const SLICE = {
  metadata: { namespace: 'demo', name: 'web-x', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
  endpoints: [
    {
      addresses: ['10.42.0.5'],
      conditions: { ready: true },
      nodeName: 'a',
      targetRef: { kind: 'Pod', namespace: 'demo', name: 'web-1' }
    }
  ]
}
const POD = {
  metadata: { namespace: 'demo', name: 'web-1' },
  spec: { nodeName: 'a', containers: [{ name: 'web', image: 'web:1' }] },
  status: { phase: 'Running', podIP: '10.42.0.5' }
}
const NODE = { metadata: { name: 'a' }, status: { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] } }
const RULES =
  `*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-SVC-${HASH} - [0:0]\n-A PREROUTING -j KUBE-SERVICES\n` +
  `-A KUBE-SERVICES -d 10.43.0.7/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-${HASH}\nCOMMIT\n`

async function storeOf(...items: CollectedItem[]): Promise<Store> {
  const store = openStore(':memory:')
  await importSnapshot(store, memorySnapshot(facts(at), items), at)
  return store
}

const whole = () =>
  storeOf(
    item('nodes', list(NODE)),
    item('services', list(SERVICE)),
    item('endpointslices', list(SLICE)),
    item('pods', list(POD)),
    item('iptables-save', RULES, { node: 'a' }),
    item('ingresses', list())
  )

const part = (parts: ReturnType<typeof show>, title: string) => parts.find((each) => each.title === title)!

test('a Service with all that belongs to it', async (t) => {
  const parts = show(await whole(), NAME, 'service', ['demo/web'])
  t.deepEqual(part(parts, 'frontends').rows.rows, [
    ['cluster-ip', '10.43.0.7', 80n, 'TCP', 'http'],
    ['node-port', '', 30080n, 'TCP', 'http']
  ])
  t.deepEqual(
    part(parts, 'endpoints').rows.rows.map((row) => [row[2], row[8]]),
    [['10.42.0.5', 'web-1']]
  )
  t.deepEqual(part(parts, 'chains').rows.rows, [[`KUBE-SVC-${HASH}`, 'nat', 'ipv4', 0n, 'a']])
  t.is(part(parts, 'ingresses').unknown, null)
  t.is(part(parts, 'nodes whose rules are not known'), undefined as never)
})

test('a name without its namespace, where there is one such object', async (t) => {
  t.is(part(show(await whole(), NAME, 'service', ['web']), 'service').rows.rows.length, 1)
  t.is(part(show(await whole(), NAME, 'pod', ['web-1']), 'services').rows.rows.length, 1)
})

test('a chain, what jumps to it, and whose it is', async (t) => {
  const parts = show(await whole(), NAME, 'chain', ['a', `KUBE-SVC-${HASH}`])
  t.deepEqual(
    part(parts, 'jumps to it').rows.rows.map((row) => row[2]),
    ['KUBE-SERVICES']
  )
  t.deepEqual(part(parts, 'service').rows.rows, [['demo', 'web', 'http', 'TCP', 80n]])
})

test('each kind shows all its parts, as text and as JSON', async (t) => {
  const words: Record<string, string[]> = {
    service: ['demo/web'],
    pod: ['demo/web-1'],
    node: ['a'],
    chain: ['a', 'KUBE-SERVICES'],
    snapshot: []
  }
  // test/kinds shows each kind of object.
  const objects = API_NAMES.map((kind) => API_KINDS[kind].singular)
  t.deepEqual(
    Object.keys(SHOWN).filter((kind) => !objects.includes(kind)),
    Object.keys(words).filter((kind) => !objects.includes(kind))
  )
  for (const [kind, name] of Object.entries(words)) {
    const parts = show(await whole(), NAME, kind, name)
    const json = JSON.parse(showJson(parts)) as Record<string, unknown>
    t.deepEqual(
      Object.keys(json),
      parts.map(({ title }) => title)
    )
    for (const { title } of parts) t.true(showText(parts, undefined).includes(`${title.toUpperCase()}\n`))
  }
})

test('nothing known and nothing there are told apart', async (t) => {
  const store = await storeOf(
    item('nodes', list(NODE)),
    item('services', list(SERVICE)),
    item('endpointslices', null),
    item('ingresses', list())
  )
  const parts = show(store, NAME, 'service', ['demo/web'])
  const text = showText(parts, undefined)
  t.regex(text, /ENDPOINTS\n {2}unknown: connection refused\n/)
  t.regex(text, /CHAINS\n {2}unknown: not collected\n/)
  t.regex(text, /INGRESSES\n {2}none\n/)
  t.regex(text, /NODES WHOSE RULES ARE NOT KNOWN\nnode\s+reason\na\s+not collected\n/)
  const json = JSON.parse(showJson(parts)) as Record<string, unknown>
  t.is(json.endpoints, null)
  t.deepEqual(json.ingresses, [])
})

const ERRORS: [kind: string, words: string[], message: string][] = [
  ['service', ['demo/wbe'], `show: ${NAME} has no service demo/wbe; nearest: demo/web`],
  ['node', ['b'], `show: ${NAME} has no node b; nearest: a`],
  ['chain', ['b', 'X'], `show: ${NAME} holds no rules of a node b; it has rules of a (say: chain NODE CHAIN)`],
  [
    'chain',
    ['a', 'KUBE-SERVICE'],
    `show: ${NAME} has no chain a/KUBE-SERVICE; nearest: a/KUBE-SERVICES, a/PREROUTING, a/KUBE-SVC-${HASH}`
  ]
]

for (const [kind, words, message] of ERRORS) {
  test(`no ${kind} ${words.join(' ')}`, async (t) => {
    const store = await whole()
    t.throws(() => show(store, NAME, kind, words), { message })
  })
}

test('an object of a kind that was not read is unknown, not missing', async (t) => {
  const store = await storeOf(item('services', null))
  t.throws(() => show(store, NAME, 'service', ['demo/web']), {
    message: `show: whether there was a service demo/web is unknown: services of ${NAME}: connection refused`
  })
})

test('nearest: the fewest letters away, the namespace aside', (t) => {
  t.deepEqual(nearest('demo/wbe', ['demo/db', 'demo/web', 'prod/web']), ['demo/web', 'prod/web', 'demo/db'])
})
