import { spawnSync } from 'node:child_process'
import test from 'ava'
import { readIpAddress } from '../../../src/parse/addresses/ip-address.ts'
import { readIpRoute } from '../../../src/parse/addresses/ip-route.ts'
import { readProcNetworks } from '../../../src/parse/addresses/proc-net.ts'

const FILES = ['fib_trie', 'route', 'if_inet6', 'ipv6_route'].map((name) => `/proc/net/${name}`)
/** A link that is up, as one half of a pair. */
const up = (link: string) =>
  `ip link add ${link} type veth peer name p-${link}; ip link set p-${link} up; ip link set ${link} up`

const canUnshare =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--net', 'sh', '-c', `ip -json address && ${up('eth0')}`], { stdio: 'ignore' }).status === 0

/** What `ip` and the kernel's files say of one and the same network namespace. */
function inNamespace(setup: string): { readonly ip: string[]; readonly proc: string } {
  const script =
    `set -e\n${setup}\nip -json address; echo; echo '==='; ip -json route; echo; echo '==='; ip -6 -json route; echo; echo '==='\n` +
    FILES.map((file) => `echo '==> ${file} <=='; cat ${file}`).join('\n')
  const { stdout, stderr, status } = spawnSync('unshare', ['--net', 'sh', '-c', script], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const [address = '', route = '', route6 = '', proc = ''] = stdout.split('===\n')
  return { ip: [address, route, route6], proc }
}

const NODE = `
  ip link set lo up
  ${up('eth0')}; ip address add 192.0.2.7/24 dev eth0; ip -6 address add fd00::7/64 dev eth0 nodad
  ${up('cni0')}; ip address add 10.42.1.1/24 dev cni0
  ${up('veth1')}; ip route add 10.42.1.9/32 dev veth1
  ip route add default via 192.0.2.1 dev eth0
  ip route add 10.42.2.0/24 via 192.0.2.8 dev eth0
  ip -6 route add default via fd00::1 dev eth0
  ip route add blackhole 10.66.0.0/16`

;(canUnshare ? test.serial : test.serial.skip)('the files of /proc/net say what `ip` says', (t) => {
  const {
    ip: [address = '', route = '', route6 = ''],
    proc
  } = inNamespace(NODE)
  const read = readProcNetworks(proc)
  t.deepEqual([read.addressProblems, read.routeProblems], [[], []])
  const byAddress = (a: { address: string }, b: { address: string }) => a.address.localeCompare(b.address)
  t.deepEqual([...read.addresses].sort(byAddress), readIpAddress(address).addresses.sort(byAddress))
  const told = [...readIpRoute(route).routes, ...readIpRoute(route6).routes]
    .filter(({ destination, type }) => !destination.startsWith('ff') && type !== 'anycast')
    .map((each) => ({ ...each, source: null, type: each.type === 'blackhole' ? 'reject' : each.type }))
  const byDestination = (
    a: { destination: string; interface: string | null },
    b: { destination: string; interface: string | null }
  ) => `${a.destination} ${a.interface}`.localeCompare(`${b.destination} ${b.interface}`)
  t.deepEqual([...read.routes].sort(byDestination), told.sort(byDestination))
})

;(canUnshare ? test.serial : test.serial.skip)('what the connected networks do not prove has no interface', (t) => {
  const { proc } = inNamespace(`
    ip link set lo up; ip address add 192.0.2.99/32 dev lo
    ${up('eth0')}; ip address add 192.0.2.7/24 dev eth0
    ${up('eth1')}; ip address add 198.51.100.7/24 dev eth1; ip address add 203.0.113.7/24 dev eth1
    ${up('flannel.1')}; ip address add 10.42.1.0/32 dev flannel.1`)
  t.deepEqual(
    readProcNetworks(proc)
      .addresses.filter(({ address }) => !address.includes(':'))
      .map((each) => `${each.address}/${each.prefixLength} ${each.interface}`)
      .sort(),
    [
      '10.42.1.0/32 null',
      '127.0.0.1/8 lo',
      '192.0.2.7/32 null',
      '192.0.2.99/32 null',
      '198.51.100.7/32 null',
      '203.0.113.7/32 null'
    ]
  )
})

test('a file that is not there and a line that is none of its file are told', (t) => {
  const { addresses, addressProblems, routes, routeProblems } = readProcNetworks(
    [
      'before any name',
      '==> /proc/net/route <==',
      'Iface\tDestination\tGateway',
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'eth0 zzz',
      ''
    ].join('\n')
  )
  t.deepEqual(
    [addresses, routes],
    [[], [{ destination: '0.0.0.0/0', gateway: '192.0.2.1', interface: 'eth0', type: 'unicast', source: null }]]
  )
  t.deepEqual(
    addressProblems.map(({ line, message }) => [line, message]),
    [
      [1, 'stands under no name of a file'],
      [1, '/proc/net/fib_trie is not in it']
    ]
  )
  t.deepEqual(
    routeProblems.map(({ line, text }) => [line, text]),
    [[5, 'eth0 zzz']]
  )
})
