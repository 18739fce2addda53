import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { root, snap, temporaryFolder } from '../../support/cli.ts'
import {
  clusterInfoDump,
  crashDiagnostics,
  eks,
  type Files,
  list,
  mustGather,
  NODES,
  plainFolder,
  rancher,
  supportBundle,
  write
} from './layouts-fixture.ts'

interface Imported {
  readonly folder: string
  readonly stderr: string
  rows(sql: string): Promise<any[]>
}

/** Imports what is laid out like this, as a folder or packed. */
async function imported(
  t: ExecutionContext,
  archives: { readonly [name: string]: Files },
  { packed = true, options = [] as string[] } = {}
): Promise<Imported> {
  const folder = await temporaryFolder()
  const paths = Object.entries(archives).map(([name, files]) => {
    const made = write(join(folder, name), files)
    if (!packed) return made
    t.is(spawnSync('tar', ['-czf', `${made}.tar.gz`, '-C', dirname(made), basename(made)]).status, 0)
    return `${made}.tar.gz`
  })
  const { status, stderr } = await snap(folder, ['import', ...paths, ...options])
  t.is(status, 0, stderr)
  t.false(stderr.includes('c4n4ry'), stderr)
  for (const file of ['snap.db', 'snap.db-wal'])
    t.false(text(join(folder, file)).includes('c4n4ry'), 'a secret reached the store')
  return {
    folder,
    stderr,
    async rows(sql) {
      const asked = await snap(folder, ['sql', sql, '-s', 'latest', '-o', 'json'])
      if (asked.status !== 0) throw new Error(asked.stderr)
      return JSON.parse(asked.stdout)
    }
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

const RULES =
  'select node, family, count(*) > 100 as many from rules where node is not null group by 1, 2 order by 1, 2'
const COVERAGE =
  'select subject, status, max(detail) as detail from coverage where node is null and pod is null group by 1, 2 order by 1'
const many = (...nodes: string[]): object[] => nodes.map((node) => ({ node, family: 'ipv4', many: 1 }))

async function coverage({ rows }: Imported): Promise<{ [subject: string]: string }> {
  return Object.fromEntries(
    (await rows(COVERAGE)).map(({ subject, status, detail }) => [
      subject,
      `${status}${detail === null ? '' : `: ${detail}`}`
    ])
  )
}

test('Rancher log collections of three nodes are one snapshot', async (t) => {
  const made = await imported(
    t,
    Object.fromEntries(NODES.map((node) => [`${node}-2026-11-22_13_14_15`, rancher(node)]))
  )
  t.regex(made.stderr, /^2026-11-22T13-14-15Z: imported/)
  t.regex(made.stderr, /3 collections of one node each, read as one snapshot/)
  t.regex(made.stderr, /taken at 2026-11-22T13:14:15\.000Z, the time of its files/)
  t.deepEqual(await made.rows(RULES), many(...NODES))
  const told = await coverage(made)
  t.regex(told['services']!, /^complete/)
  t.is(told['endpointslices'], 'failed: not in this Rancher log collection')
  t.is(told['pods'], 'partial: part of its output was not read', 'the file holds an error message')
  t.deepEqual(
    await made.rows(
      "select distinct status from coverage where subject in ('addresses', 'routes', 'listeners') and node is not null"
    ),
    [{ status: 'complete' }]
  )
  const [sample, own] = await Promise.all([
    samples(),
    made.rows('select node, interface, address from node_addresses where interface is not null order by 1, 2, 3')
  ])
  t.deepEqual(own, sample)
  t.deepEqual(await made.rows("select node, status, detail from coverage where subject = 'nft-ruleset' order by 1"), [
    { node: 'kube-master', status: 'partial', detail: 'kept in the archive, not interpreted: table inet firewalld' },
    ...['kube-worker1', 'kube-worker2'].map((node) => ({
      node,
      status: 'failed',
      detail: 'no dump, but: nft: command not found'
    }))
  ])
})

/** What snap's own sample says of addresses. */
async function samples(): Promise<any[]> {
  const folder = await temporaryFolder()
  await snap(folder, ['import', join(root, 'snapshots/2026-11-22T12-00-00Z')])
  return JSON.parse(
    (
      await snap(folder, [
        'sql',
        'select node, interface, address from node_addresses where interface is not null order by 1, 2, 3',
        '-s',
        'latest',
        '-o',
        'json'
      ])
    ).stdout
  )
}

test('an EKS log collection is of one node, IPv4 only', async (t) => {
  const made = await imported(t, { 'eks_i-0123_2026-11-22_1314-UTC_0.7.8': eks('kube-worker1') })
  t.deepEqual(await made.rows(RULES), many('kube-worker1'))
  t.deepEqual(
    await made.rows(
      "select subject, family, status, detail from coverage where node = 'kube-worker1' and status = 'failed' order by 1, 2"
    ),
    [
      { subject: 'addresses', family: null, status: 'failed', detail: 'not in this EKS log collection' },
      { subject: 'rules', family: 'ipv6', status: 'failed', detail: 'not in this EKS log collection' }
    ]
  )
  t.is((await coverage(made))['services'], 'failed: not in this EKS log collection')
  t.deepEqual(await made.rows('select name, value from sysctls order by 1'), [
    { name: 'net.ipv4.conf.all.rp_filter', value: '2' },
    { name: 'net.ipv4.conf.default.rp_filter', value: '0' },
    { name: 'net.ipv4.conf.eth0/100.rp_filter', value: '1' },
    { name: 'net.ipv4.ip_forward', value: '1' }
  ])
  t.deepEqual(await made.rows('select ipset, member from ipset_members'), [
    { ipset: 'KUBE-CLUSTER-IP', member: '10.43.0.1,tcp:443' }
  ])
  t.deepEqual(await made.rows('select source, destination, reply_source from connections'), [
    { source: '10.42.1.7', destination: '10.43.0.1', reply_source: '141.75.148.138' }
  ])
  t.deepEqual(
    await made.rows(
      "select subject, status, detail from coverage where subject in ('ipsets', 'connections', 'sysctls') order by 1"
    ),
    [
      { subject: 'connections', status: 'partial', detail: 'IPv4 only, and cut off where it took more than 75 s' },
      { subject: 'ipsets', status: 'complete', detail: null },
      { subject: 'sysctls', status: 'complete', detail: null }
    ]
  )
})

test('sets of a node without IPVS are not known to be none', async (t) => {
  const made = await imported(t, {
    eks: { ...eks('kube-worker1'), 'networking/ipset.txt': 'IPVS Linux kernel module not installed\n' }
  })
  t.deepEqual(await made.rows("select status, detail from coverage where subject = 'ipsets'"), [
    { status: 'failed', detail: 'it shows no sets' }
  ])
})

test('a support bundle holds lists of each namespace, and what its host collectors ran', async (t) => {
  const made = await imported(t, { 'support-bundle-2026-11-22T13_14_15': supportBundle() })
  t.deepEqual(
    await made.rows(
      'select (select count(*) from pods) as pods, (select count(*) from services) as services, (select count(*) from nodes) as nodes'
    ),
    [{ pods: list('pods').length, services: list('services').length, nodes: list('nodes').length }]
  )
  const told = await coverage(made)
  t.is(told['pods'], 'complete')
  t.is(told['services'], 'complete')
  t.is(told['endpointslices'], 'failed: not in this support bundle')
  t.deepEqual(await made.rows(RULES), many('kube-master'))
  t.deepEqual(
    await made.rows(
      "select node, detail from coverage where subject = 'rules' and family = 'ipv4' and status = 'failed' order by 1"
    ),
    ['kube-worker1', 'kube-worker2'].map((node) => ({ node, detail: 'not in this support bundle' }))
  )
})

test('a namespace without its file makes the list partial', async (t) => {
  const { 'cluster-resources/pods/demo.json': _left, ...files } = supportBundle()
  const told = await coverage(await imported(t, { bundle: files }))
  t.is(told['pods'], 'partial: not in this support bundle: those of namespace demo')
  t.is(told['services'], 'complete')
})

test('a file that ends early makes the list partial, and is named', async (t) => {
  const told = await coverage(
    await imported(t, { bundle: { ...supportBundle(), 'cluster-resources/services/demo.json': '[{"metadata":' } })
  )
  t.is(told['services'], 'partial: bundle/cluster-resources/services/demo.json is JSON that ends early or is none')
})

test('must-gather says when it was, in YAML what there was', async (t) => {
  const made = await imported(t, { gathered: mustGather() })
  t.regex(made.stderr, /^2026-11-22T10-16-09Z: imported/)
  t.regex(made.stderr, /as its file timestamp says/)
  t.deepEqual(
    await made.rows(
      'select (select count(*) from pods) as pods, (select count(*) from services) as services, (select count(*) from nodes) as nodes'
    ),
    [{ pods: list('pods').length, services: list('services').length, nodes: list('nodes').length }]
  )
  const told = await coverage(made)
  t.is(told['endpointslices'], 'complete')
  t.is(told['ingresses'], 'failed: not in this must-gather')
})

test('a cluster-info dump does not say which namespaces it left out', async (t) => {
  const made = await imported(t, { dump: clusterInfoDump() })
  const told = await coverage(made)
  t.is(told['nodes'], 'complete')
  t.is(told['services'], 'partial: a kubectl cluster-info dump does not say of which namespaces it is')
})

test('crash-diagnostics', async (t) => {
  const made = await imported(t, { crashd: crashDiagnostics() })
  t.deepEqual(await made.rows(RULES), many(...NODES))
  t.deepEqual(await made.rows('select count(*) as services from services'), [{ services: list('services').length }])
  t.regex((await coverage(made))['services']!, /^partial: a crash-diagnostics archive does not say/)
})

test('a folder of dumps: nodes by the names of files and folders', async (t) => {
  const made = await imported(t, { dumps: plainFolder() }, { packed: false })
  t.regex(
    made.stderr,
    /nodes, by the names of files and folders: kube-worker2, kube-master, kube-worker1|nodes, by the names/
  )
  t.regex(made.stderr, /left out: .*notes\.md is no dump and no list/)
  t.deepEqual(await made.rows('select node, ipset, member from ipset_members'), [
    { node: 'kube-master', ipset: 'blocked', member: '198.51.100.0/24' }
  ])
  t.deepEqual(
    await made.rows("select distinct node from rules where node in ('kube-master', 'kube-worker1') order by 1"),
    [{ node: 'kube-master' }, { node: 'kube-worker1' }]
  )
  t.deepEqual(
    await made.rows(
      'select (select count(*) from pods) as pods, (select count(*) from services) as services, (select count(*) from nodes) as nodes'
    ),
    [{ pods: list('pods').length, services: list('services').length, nodes: list('nodes').length }]
  )
})

const NAT = '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n'

test("a folder of dumps: where nodes are listed, no other name is a node's", async (t) => {
  const made = await imported(
    t,
    {
      dumps: {
        'nodes.json': JSON.stringify({ kind: 'List', items: list('nodes') }),
        'kube-master/iptables-nat-save.txt': NAT,
        'svclb/lb-port-443/iptables-save.txt': NAT,
        'pods/demo/web/kube-worker1/iptables-save.txt': NAT
      }
    },
    { packed: false }
  )
  t.deepEqual(await made.rows('select distinct node from rules union select distinct node from chains'), [
    { node: 'kube-master' }
  ])
  t.regex(
    made.stderr,
    /left out: pods\/demo\/web\/kube-worker1\/iptables-save\.txt is of a pod; svclb\/lb-port-443\/iptables-save\.txt is of none of the listed nodes: none is called lb-port-443\n/
  )
})

test("a folder of dumps without a list of nodes: a pod's folder is no node", async (t) => {
  const made = await imported(
    t,
    { dumps: { 'kube-a/iptables-save.txt': NAT, 'pods/demo/web/app/iptables-save.txt': NAT } },
    { packed: false }
  )
  t.deepEqual(await made.rows('select distinct node from chains'), [{ node: 'kube-a' }])
})

test('a folder of dumps: empty dumps and empty lists', async (t) => {
  const made = await imported(
    t,
    {
      dumps: {
        'kube-a/iptables-save.txt': NAT,
        'kube-a/ip6tables-save.txt': '',
        'kube-b/ip6tables-save.txt': '',
        'ingresses.json': '{"apiVersion": "v1", "items": [], "kind": "List"}',
        'daemons.yaml': 'kind: DaemonSetList\nitems: []\n',
        'other.json': '{"items": [], "kind": "List"}'
      }
    },
    { packed: false }
  )
  t.regex(
    made.stderr,
    /left out: kube-b\/ip6tables-save\.txt is empty, and no other dump shows that its program ran on that node; other\.json is no dump and no list\n/
  )
  t.deepEqual(
    await made.rows(
      "select kind, node, path from items where kind in ('ip6tables-save', 'ingresses', 'daemonsets') order by kind"
    ),
    [
      { kind: 'daemonsets', node: null, path: 'daemons.yaml' },
      { kind: 'ingresses', node: null, path: 'ingresses.json' },
      { kind: 'ip6tables-save', node: 'kube-a', path: 'kube-a/ip6tables-save.txt' }
    ]
  )
})

test('an .xz says what to do', async (t) => {
  const folder = await temporaryFolder()
  writeFileSync(join(folder, 'a.tar.xz'), Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04]))
  const { status, stderr } = await snap(folder, ['import', 'a.tar.xz'])
  t.is(status, 2)
  t.regex(stderr, /a\.tar\.xz: .*\.xz is not read: unpack it \(tar xJf\) and import the folder/)
})

test('a dump that does not say whose it is wants --node, an archive that does not say when wants --at', async (t) => {
  const folder = await temporaryFolder()
  write(folder, {
    'dumps.d/iptables-save.txt': '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n',
    'D_U/iptables-save.txt': '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n'
  })
  const refused = await snap(folder, ['import', 'D_U'])
  t.is(refused.status, 2)
  t.regex(refused.stderr, /^snap: D_U: iptables-save\.txt does not say which node it is of; name it with --node\n$/)
  const named = await snap(folder, ['import', 'D_U', '--node', 'kube-a', '--at', '2026-11-22T10:00Z'])
  t.is(named.status, 0, named.stderr)
  t.regex(named.stderr, /^2026-11-22T10-00-00Z: imported[^]*as --at says/)

  spawnSync('tar', ['--mtime=@0', '-czf', 'old.tar.gz', 'D_U'], { cwd: folder })
  const timeless = await snap(folder, ['import', 'old.tar.gz', '--node', 'kube-b'])
  t.is(timeless.status, 2)
  t.regex(timeless.stderr, /does not say when it was collected; say it with --at/)
})

test("the same node twice, and options that a snapshot of snap's own does not want", async (t) => {
  const folder = await temporaryFolder()
  for (const name of ['a', 'b']) write(join(folder, name), rancher('kube-master'))
  const twice = await snap(folder, ['import', 'a', 'b'])
  t.is(twice.status, 2)
  t.regex(twice.stderr, /b: is of node kube-master, as a is/)
  const own = await snap(folder, ['import', join(root, 'snapshots/2026-11-22T12-00-00Z'), '--node', 'x'])
  t.is(own.status, 2)
  t.regex(own.stderr, /leave --node out/)
})
