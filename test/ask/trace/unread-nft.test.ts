/** What meets rules that are not interpreted is unknown, by trace, flows and checks alike. */
import test from 'ava'
import { snap } from '../../support/cli.ts'
import { nodeItem, storeOfSample } from '../../support/sample.ts'

const NODE = 'kube-worker1'
const chain = (body: string): string => `table inet fw {\n\tchain c {\n\t\t${body}\n\t}\n}\n`
const at = (hook: string, priority = 'filter'): string =>
  chain(`type filter hook ${hook} priority ${priority}; policy drop;\n\t\tct state established accept`)

/** The verdicts of a packet from a pod to a cluster IP, whose endpoints are pods, with these rulesets. */
const CASES: readonly (readonly [
  name: string,
  said: readonly (readonly [kind: string, text: string])[],
  doubted: boolean
])[] = [
  [
    'nothing of others',
    [
      ['nft-tables', ''],
      ['nft-ruleset', '']
    ],
    false
  ],
  ['a table that drops at forward', [['nft-ruleset', at('forward')]], true],
  ['one at prerouting', [['nft-ruleset', at('prerouting', 'dstnat - 10')]], true],
  ['one at postrouting', [['nft-ruleset', at('postrouting', 'srcnat')]], true],
  [
    'one at a device',
    [
      [
        'nft-ruleset',
        'table netdev n {\n\tchain i {\n\t\ttype filter hook ingress device "eth0" priority 0; policy accept;\n\t\tdrop\n\t}\n}\n'
      ]
    ],
    true
  ],
  ['one at input, which a forwarded packet does not meet', [['nft-ruleset', at('input')]], false],
  ['one for the other family', [['nft-ruleset', at('forward').replace('inet', 'ip6')]], false],
  [
    'an empty chain that accepts',
    [['nft-ruleset', chain('type filter hook forward priority 0; policy accept;')]],
    false
  ],
  ['an empty chain that drops', [['nft-ruleset', chain('type filter hook forward priority 0; policy drop;')]], true],
  ['a table without base chains', [['nft-ruleset', chain('drop')]], false],
  ['a table of which the name is all', [['nft-tables', 'table inet fw\n']], true],
  ['a listing that broke off', [['nft-ruleset', at('input').slice(0, 40)]], true],
  [
    'a table that the ruleset explains',
    [
      ['nft-tables', 'table inet fw\n'],
      ['nft-ruleset', at('input')]
    ],
    false
  ]
]

for (const [name, said, doubted] of CASES) {
  test(`${name}: ${doubted ? 'unknown' : 'as iptables have it'}`, async (t) => {
    const folder = await storeOfSample((items) => [
      ...items,
      ...said.map(([kind, text]) => nodeItem(NODE, kind as 'nft-ruleset', text))
    ])
    const trace = JSON.parse(
      (await snap(folder, ['trace', '10.43.154.73:80', '--node', NODE, '--from', 'external', '-o', 'json'])).stdout
    ) as { outcomes: { verdict: string; why: string; address: string | null }[] }
    t.true(trace.outcomes.length > 0)
    for (const { verdict, why, address } of trace.outcomes) {
      t.is(verdict === 'unknown', doubted, why)
      if (doubted) {
        t.regex(why, /nft table \S+ \S+.*which snap does not interpret; by its iptables alone/)
        t.is(address, null)
      }
    }
    const flows = await snap(folder, [
      'sql',
      `SELECT DISTINCT verdict FROM flows WHERE node = '${NODE}' AND sender = 'outside' AND address = '10.43.154.73' AND port = 80`,
      '-s',
      'latest',
      '-o',
      'csv'
    ])
    t.is(flows.stdout.trim(), `verdict\n${doubted ? 'unknown' : 'accepted'}`)
    const { stdout } = await snap(folder, ['check', 'FRONTEND-LOST', 'NODE-DRIFT'])
    t.is(
      /nft rules of kube-worker1: not\s+interpreted: table/.test(stdout),
      doubted || /^(one at input|one for|a table that)/.test(name)
    )
  })
}

test('what iptables drop before the unread rules is dropped', async (t) => {
  const folder = await storeOfSample((items) => [
    ...items.map((item) =>
      item.node === NODE && item.kind === 'iptables-save'
        ? {
            ...item,
            content: Buffer.from(
              `*raw\n:PREROUTING DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n${item.content!.toString('utf8')}`
            )
          }
        : item
    ),
    nodeItem(NODE, 'nft-ruleset', at('forward'))
  ])
  const { stdout } = await snap(folder, [
    'trace',
    '10.43.154.73:80',
    '--node',
    NODE,
    '--from',
    'external',
    '-o',
    'json'
  ])
  t.deepEqual([...new Set([...stdout.matchAll(/"verdict": "(\w+)"/g)].map(([, verdict]) => verdict))], ['dropped'])
})

test('where nobody listed the tables, that none acts is taken for granted', async (t) => {
  const trace = async (folder: string) => (await snap(folder, ['trace', '10.43.154.73:80', '--node', NODE])).stdout
  t.regex(await trace(await storeOfSample((items) => items)), /no nft tables but those of iptables act on kube-worker1/)
  t.notRegex(
    await trace(await storeOfSample((items) => [...items, nodeItem(NODE, 'nft-tables', '')])),
    /no nft tables.* kube-worker1/
  )
})
