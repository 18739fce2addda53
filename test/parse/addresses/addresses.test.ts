import { existsSync, readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { readIpAddress } from '../../../src/parse/addresses/ip-address.ts'
import { readIpRoute } from '../../../src/parse/addresses/ip-route.ts'

const shared = new URL('../../../../../shared/captures/', import.meta.url)
const whenShared = existsSync(shared) ? test : test.skip

test('one row an address, in the order of the listing', (t) => {
  const text = JSON.stringify([
    { ifname: 'lo', addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host', label: 'lo' }] },
    {}, // filtered out by `ip … type`
    { ifname: 'wg0', addr_info: [] },
    {
      ifname: 'eth0',
      addr_info: [
        { family: 'inet', local: '10.1.1.1', address: '10.1.1.2', prefixlen: 32, scope: 'global' },
        { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link' }
      ]
    }
  ])
  t.deepEqual(readIpAddress(text), {
    addresses: [
      { interface: 'lo', address: '127.0.0.1', prefixLength: 8, scope: 'host' },
      { interface: 'eth0', address: '10.1.1.1', prefixLength: 32, scope: 'global' },
      { interface: 'eth0', address: 'fe80::1', prefixLength: 64, scope: 'link' }
    ],
    problems: []
  })
})

const ROUTES: [name: string, entry: object, expected: string[]][] = [
  [
    'default',
    { dst: 'default', gateway: '141.75.148.254', dev: 'eth0', flags: [] },
    ['0.0.0.0/0 via 141.75.148.254 dev eth0 unicast src ']
  ],
  [
    'directly connected',
    { dst: '10.42.1.0/24', dev: 'cni0', protocol: 'kernel', scope: 'link', prefsrc: '10.42.1.1' },
    ['10.42.1.0/24 via  dev cni0 unicast src 10.42.1.1']
  ],
  [
    'one host',
    { dst: '10.69.0.7', gateway: '10.9.0.9', dev: 'eth0' },
    ['10.69.0.7/32 via 10.9.0.9 dev eth0 unicast src ']
  ],
  ['one IPv6 host', { dst: 'fd77::7', dev: 'eth0', pref: 'medium' }, ['fd77::7/128 via  dev eth0 unicast src ']],
  ['IPv6 default', { dst: 'default', gateway: 'fd00::1', dev: 'eth0' }, ['::/0 via fd00::1 dev eth0 unicast src ']],
  [
    'IPv6 default without gateway',
    { dst: 'default', dev: 'ppp0', pref: 'medium' },
    ['::/0 via  dev ppp0 unicast src ']
  ],
  [
    'IPv4 default through an IPv6 gateway',
    { dst: 'default', via: { family: 'inet6', host: 'fe80::1' }, dev: 'eth0' },
    ['0.0.0.0/0 via fe80::1 dev eth0 unicast src ']
  ],
  ['blackhole', { type: 'blackhole', dst: '10.66.0.0/16', flags: [] }, ['10.66.0.0/16 via  dev  blackhole src ']],
  [
    'multipath',
    {
      dst: '10.68.0.0/16',
      flags: [],
      nexthops: [
        { gateway: '10.9.0.2', dev: 'a', weight: 1, flags: [] },
        { gateway: '10.9.0.3', dev: 'b', weight: 1, flags: [] }
      ]
    },
    ['10.68.0.0/16 via 10.9.0.2 dev a unicast src ', '10.68.0.0/16 via 10.9.0.3 dev b unicast src ']
  ]
]

for (const [name, entry, expected] of ROUTES) {
  test(`route: ${name}`, (t) => {
    const { routes, problems } = readIpRoute(JSON.stringify([entry]))
    t.deepEqual(problems, [])
    t.deepEqual(
      routes.map((r) => `${r.destination} via ${r.gateway} dev ${r.interface} ${r.type} src ${r.source}`),
      expected
    )
  })
}

const UNREAD: [read: (text: string) => { problems: { message: string }[] }, text: string, message: RegExp][] = [
  [readIpAddress, '', /^not the JSON array that `ip -json address` prints: it is empty$/],
  [readIpAddress, '1: lo: <LOOPBACK,UP>', /^not the JSON array that `ip -json address` prints: /],
  [readIpAddress, '{"kind":"List"}', /^not the JSON array that `ip -json address` prints$/],
  [readIpAddress, '[{"ifname":"lo"}]', /^entry 1 of `ip -json address`: addr_info: /],
  [
    readIpAddress,
    '[{"ifname":"lo","addr_info":[{"local":"10.1","prefixlen":8,"scope":"host"}]}]',
    /^entry 1 .*addr_info\.0\.local: .*"10\.1"$/
  ],
  [readIpAddress, '1: lo:\n2: eth0:\n', /^not the JSON array that `ip -json address` prints: /],
  [readIpRoute, '[', /^not the JSON array that `ip -json route` prints: /],
  [readIpRoute, '[[]]', /^entry 1 of `ip -json route`: /],
  [readIpRoute, '[null]', /^entry 1 of `ip -json route`: entry: /],
  [readIpRoute, '[{"dst":"10.0.0.0/33"}]', /^entry 1 of `ip -json route`: '10\.0\.0\.0\/33' is not a destination$/],
  [readIpRoute, '[{"dst":"127.0.0.1","table":"local","type":"local"}]', /left out, it stands in table local$/],
  [
    readIpRoute,
    '[{"dst":"default","gateway":"10.0.0.1","dev":"eth0","flags":["dead","linkdown"]}]',
    /left out, dead: 0\.0\.0\.0\/0 via 10\.0\.0\.1$/
  ]
]

for (const [read, text, message] of UNREAD) {
  test(`${read.name} says what is wrong with: ${text || 'nothing'}`, (t) => {
    const { problems, ...rows } = read(text)
    t.deepEqual(Object.values(rows), [[]])
    t.is(problems.length, 1)
    t.regex(problems[0]!.message, message)
    t.notRegex(problems[0]!.message, /\n/)
  })
}

test('one odd entry does not hide the others', (t) => {
  const { routes, problems } = readIpRoute('[{"dst":7},{"dst":"10.0.0.0/8","dev":"a"}]')
  t.is(routes.length, 1)
  t.is(problems.length, 1)
})

whenShared('every address and route of the captures is read', (t) => {
  const files = readdirSync(shared, { recursive: true, encoding: 'utf8' })
  const counts = { addresses: 0, routes: 0 }
  for (const file of files.filter((name) => /\/ip-(json-)?(addr|route)\.json$/.test(name))) {
    const text = readFileSync(new URL(file, shared), 'utf8')
    const read = file.includes('route') ? readIpRoute(text) : readIpAddress(text)
    t.deepEqual(read.problems, [], file)
    if ('routes' in read) counts.routes += read.routes.length
    else counts.addresses += read.addresses.length
    if ('addresses' in read) t.is(read.addresses.length, text.split('"local":').length - 1, file)
    else
      t.true(
        read.routes.some((route) => route.destination === '0.0.0.0/0' && route.gateway === '141.75.148.254'),
        file
      )
  }
  t.true(counts.addresses > 500 && counts.routes > 100, JSON.stringify(counts))
})
