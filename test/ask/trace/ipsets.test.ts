/** A rule that asks for a set of the node is decided where the set was read, and a condition where it was not. */
import test from 'ava'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { snap } from '../../support/cli.ts'
import { nodeItem, storeOfSample } from '../../support/sample.ts'

const RULE = '-A FORWARD -m set --match-set deny src -j DROP'
const SAVED = `create deny list:set size 8
create nets hash:net family inet hashsize 1024 maxelem 65536 timeout 600 counters comment bucketsize 12 initval 0x5e73cb20
add deny nets
add nets 198.51.100.0/24 timeout 599 packets 12 bytes 720 comment "an office"
`

/** The sample whose master drops what comes from the set, and that said this of its sets. */
function withSets(...said: CollectedItem[]): Promise<string> {
  return storeOfSample((items) => [
    ...items.map((item) =>
      item.node === 'kube-master' && item.kind === 'iptables-save'
        ? {
            ...item,
            content: Buffer.from(item.content!.toString().replace(/^\[\d+:\d+\] -A FORWARD /m, `[0:0] ${RULE}\n$&`))
          }
        : item
    ),
    ...said
  ])
}

async function verdicts(folder: string, from: string): Promise<string[]> {
  const { stdout } = await snap(folder, [
    'trace',
    'http://kube-master:8087',
    '--node',
    'kube-master',
    '--from',
    from,
    '-o',
    'json'
  ])
  return [...stdout.matchAll(/"verdict": "(\w+)"|"reason": "([^"]*set[^"]*)"/g)]
    .map(([, verdict, reason]) => verdict ?? reason!)
    .filter((text, at, all) => all.indexOf(text) === at)
}

const UNDECIDED = ['delivered', 'dropped', 'the contents of set deny are not known']

const CASES: readonly (readonly [
  name: string,
  said: readonly CollectedItem[],
  inside: readonly string[],
  outside: readonly string[]
])[] = [
  ['read', [nodeItem('kube-master', 'ipset-save', SAVED)], ['dropped'], ['delivered']],
  ['not read', [], UNDECIDED, UNDECIDED],
  ['cut off', [nodeItem('kube-master', 'ipset-save', SAVED, 'no end within 120 s')], UNDECIDED, UNDECIDED],
  ['read on another node', [nodeItem('kube-worker1', 'ipset-save', SAVED)], UNDECIDED, UNDECIDED],
  [
    'without the set',
    [nodeItem('kube-master', 'ipset-save', 'create other hash:ip family inet\n')],
    UNDECIDED,
    UNDECIDED
  ]
]
for (const [name, said, inside, outside] of CASES) {
  test(name, async (t) => {
    const folder = await withSets(...said)
    t.deepEqual((await verdicts(folder, '198.51.100.7')).sort(), inside)
    t.deepEqual((await verdicts(folder, '203.0.113.7')).sort(), outside)
  })
}

test('sets, members and versions are views, what changes always is left out, and fsck proves them', async (t) => {
  const folder = await withSets(
    nodeItem('kube-master', 'ipset-save', SAVED),
    nodeItem('kube-worker1', 'ipset-save', 'create a hash:ip\nadd b 1.1.1.1\nhello\n'),
    nodeItem(
      'kube-master',
      'versions',
      'kernel: 6.1.0\niptables: iptables v1.8.9 (nf_tables)\nkube-proxy mode: iptables\n'
    ),
    nodeItem('kube-master', 'nft-ruleset', 'table ip kube-proxy {\n\tchain x {\n\t}\n}\ntable inet firewalld {\n}\n'),
    nodeItem('kube-worker1', 'nft-ruleset', '')
  )
  const ask = async (query: string): Promise<unknown[]> =>
    JSON.parse((await snap(folder, ['sql', query, '-s', 'latest', '-o', 'json'])).stdout) as unknown[]
  t.deepEqual(await ask('SELECT node, ipset, type, options FROM ipsets ORDER BY 1, 2'), [
    { node: 'kube-master', ipset: 'deny', type: 'list:set', options: 'size 8' },
    {
      node: 'kube-master',
      ipset: 'nets',
      type: 'hash:net',
      options: 'family inet maxelem 65536 timeout 600 counters comment'
    },
    { node: 'kube-worker1', ipset: 'a', type: 'hash:ip', options: '' }
  ])
  t.deepEqual(await ask('SELECT ipset, member, nomatch, wildcard, comment FROM ipset_members ORDER BY 1'), [
    { ipset: 'deny', member: 'nets', nomatch: 0, wildcard: 0, comment: '' },
    { ipset: 'nets', member: '198.51.100.0/24', nomatch: 0, wildcard: 0, comment: 'an office' }
  ])
  t.deepEqual(
    await ask('SELECT * FROM versions ORDER BY name').then((rows) =>
      rows.map((row) => Object.values(row as object).slice(1))
    ),
    [
      ['kube-master', 'iptables', 'iptables v1.8.9 (nf_tables)'],
      ['kube-master', 'kernel', '6.1.0'],
      ['kube-master', 'kube-proxy mode', 'iptables']
    ]
  )
  t.deepEqual(
    await ask(
      "SELECT node, subject, status, detail FROM coverage WHERE subject IN ('ipsets', 'versions', 'nft-ruleset') ORDER BY 1, 2"
    ),
    [
      { node: 'kube-master', subject: 'ipsets', status: 'complete', detail: null },
      {
        node: 'kube-master',
        subject: 'nft-ruleset',
        status: 'partial',
        detail: 'kept in the archive, not interpreted: table ip kube-proxy, table inet firewalld'
      },
      { node: 'kube-master', subject: 'versions', status: 'complete', detail: null },
      { node: 'kube-worker1', subject: 'ipsets', status: 'partial', detail: '2 lines could not be read' },
      { node: 'kube-worker1', subject: 'nft-ruleset', status: 'complete', detail: null }
    ]
  )
  t.deepEqual(await ask("SELECT line, message, text FROM issues WHERE node = 'kube-worker1' ORDER BY line"), [
    { line: 2, message: 'is a member of a set that was not created before it', text: 'add b 1.1.1.1' },
    { line: 3, message: 'is no set and no member as ipset saves them', text: 'hello' }
  ])
  t.is((await snap(folder, ['fsck'])).status, 0)
})
