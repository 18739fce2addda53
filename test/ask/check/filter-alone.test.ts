import test from 'ava'
import { sampleItems } from '../../support/sample.ts'
import { checkItems } from './checking.ts'

/** What the dump of `iptables-save -t filter`, of which the command is not known, says by itself. */

const CASES: readonly [string, (filter: string) => string, string[]][] = [
  ['as it was', (filter) => filter, []],
  [
    'closed, and nothing accepts',
    (filter) =>
      filter
        .replace(':FORWARD ACCEPT', ':FORWARD DROP')
        .split('\n')
        .filter((line) => !/-A FORWARD .*-j (?!KUBE-)|-A CNI-FORWARD /.test(line))
        .join('\n'),
    ['FORWARD-DROP kube-worker2']
  ],
  [
    'closed, on a node without kube-proxy',
    () => '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n',
    []
  ]
]

for (const [what, change, finds] of CASES) {
  test(`a filter table alone: ${what}`, async (t) => {
    const items = (await sampleItems('2026-11-22T12-00-00Z')).map((item) => {
      if (item.kind !== 'iptables-save' || item.node !== 'kube-worker2') return item
      const [filter = ''] = /^\*filter$[^]*?^COMMIT$\n/m.exec(item.content!.toString('utf8')) ?? []
      return { ...item, command: [], content: Buffer.from(change(filter)) }
    })
    const found = (await checkItems(items)).flatMap(({ findings }) => findings)
    const drops = found.filter(({ code }) => code === 'FORWARD-DROP')
    t.deepEqual(
      drops.map(({ code, node }) => `${code} ${node}`),
      finds
    )
    t.true(drops.every(({ unsure }) => /rules of kube-worker2/.test(unsure)))
  })
}
