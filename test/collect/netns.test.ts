/** The script and real iptables, in a network namespace of the test's own: nothing of the machine's tables is touched. */
import { spawnSync } from 'node:child_process'
import anyTest, { type TestFn } from 'ava'
import type { Run } from '../../src/collect/ports.ts'
import { readVersions } from '../../src/parse/versions.ts'
import { objects, take, withAgents } from './cluster-fixture.ts'

function can(...programs: readonly string[]): boolean {
  return (
    process.getuid?.() === 0 &&
    spawnSync('unshare', ['--net', 'sh', '-c', programs.join(' && ')], { stdio: 'ignore' }).status === 0
  )
}
const legacy = (
  can('iptables-legacy -t nat -S', 'ip6tables-legacy -t nat -S') ? anyTest.serial : anyTest.serial.skip
) as TestFn
const both = (
  can('iptables-legacy -t nat -S', 'iptables-nft -t nat -S', 'grep -q nf_tables_gettable /proc/kallsyms')
    ? anyTest.serial
    : anyTest.serial.skip
) as TestFn

/** The local transport in a new network namespace that `setup` has filled. */
function inNamespace(setup: string): (real: Run) => Run {
  return (real) => (argv, options, read) =>
    real(
      argv[0] === 'sh' ? ['unshare', '--net', 'sh', '-c', `${setup}\nexec "$@"`, 'sh', ...argv] : argv,
      options,
      read
    )
}

async function dumps(t: Parameters<typeof take>[0], setup: string): Promise<{ [name: string]: string }> {
  const { snapshot } = await take(t, {
    objects: withAgents(objects()),
    run: inNamespace(setup),
    options: { kubectl: 'no-kubectl-needed', clusterName: 'lab', transports: [{ kind: 'local', node: 'here' }] }
  })
  const items = snapshot.manifest.items.filter(({ node }) => node === 'here')
  t.deepEqual(
    items.filter(({ error }) => error !== null),
    []
  )
  return Object.fromEntries(
    await Promise.all(
      items.map(async (item) => [
        `${item.backend ?? 'own'} ${item.kind}`,
        (await snapshot.read(item)).toString() + (item.stderr === null ? '' : `stderr: ${item.stderr}`)
      ])
    )
  )
}

legacy('rules, counters, addresses, routes and sockets of a namespace', async (t) => {
  const found = await dumps(
    t,
    `
    ip link set lo up
    ip address add 192.0.2.1/32 dev lo
    ip route add 198.51.100.0/24 dev lo
    iptables-legacy -t nat -A OUTPUT -d 10.43.0.1/32 -p tcp -m comment --comment 'a "b" c' -m tcp --dport 443 -j DNAT --to-destination 192.0.2.9:6443
    iptables-legacy -A OUTPUT -d 127.0.0.9/32 -c 7 588
    ip6tables-legacy -A INPUT -s 2001:db8::/32 -j DROP`
  )
  const tables = Object.entries(found)
    .filter(([name]) => name.endsWith(' iptables-save'))
    .map(([, text]) => text)
    .join('')
  t.true(
    tables.includes(
      '[0:0] -A OUTPUT -d 10.43.0.1/32 -p tcp -m comment --comment "a \\"b\\" c" -m tcp --dport 443 -j DNAT --to-destination 192.0.2.9:6443\n'
    )
  )
  t.true(tables.includes('[7:588] -A OUTPUT -d 127.0.0.9/32\n'))
  t.regex(
    Object.entries(found)
      .filter(([name]) => name.endsWith(' ip6tables-save'))
      .map(([, text]) => text)
      .join(''),
    /-A INPUT -s 2001:db8::\/32 -j DROP/
  )
  t.regex(found['own ip-address']!, /"local":"192\.0\.2\.1"/)
  t.regex(found['own ip-route']!, /"dst":"198\.51\.100\.0\/24"/)
  t.regex(found['own sockets-ss'] ?? found['own sockets-netstat'] ?? found['own sockets-proc']!, /local|Local/)
  t.deepEqual(readVersions(found['own versions']!).problems, [])
})

both("rules of both backends: the one that the node's own program does not see is there too", async (t) => {
  const found = await dumps(
    t,
    `
    iptables-legacy -t nat -N KUBE-LEGACY
    iptables-nft -t nat -N KUBE-NFT`
  )
  const own = found['own iptables-save']!
  const other = found['legacy iptables-save'] ?? found['nft iptables-save']!
  t.deepEqual([own, other].map((text) => /:KUBE-(LEGACY|NFT)/.exec(text)?.[1]).sort(), ['LEGACY', 'NFT'])
  if (found['legacy iptables-save'] !== undefined) t.regex(own, /stderr: # Warning: iptables-legacy tables present/)
})

both('an empty namespace: empty tables are empty items, not missing ones', async (t) => {
  const found = await dumps(t, ':')
  t.deepEqual([found['own iptables-save'], found['own ip6tables-save']], ['', ''])
})
