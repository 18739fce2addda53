/** A node of whose addresses none is of a packet's family has none; one whose addresses were not read may have any. */
import test from 'ava'
import { snap } from '../../support/cli.ts'
import { storeOfSample } from '../../support/sample.ts'

const ASSUMED = /the interfaces of kube-master are not in the snapshot/

const CASES: readonly (readonly [title: string, kept: string | null, told: boolean])[] = [
  ['has IPv4 addresses only', 'inet', false],
  ['was not asked for its addresses', null, true]
]
for (const [title, kept, told] of CASES) {
  test(`a node that ${title}`, async (t) => {
    const folder = await storeOfSample((items) =>
      items.flatMap((item) => {
        if (item.kind !== 'ip-address' || item.node !== 'kube-master') return [item]
        if (kept === null) return []
        const interfaces = JSON.parse(item.content!.toString()) as { addr_info: { family: string }[] }[]
        for (const one of interfaces) one.addr_info = one.addr_info.filter(({ family }) => family === kept)
        return [{ ...item, content: Buffer.from(JSON.stringify(interfaces)) }]
      })
    )
    const { stdout } = await snap(folder, ['trace', '[2001:db8::5]:80', '--node', 'kube-master'])
    t.is(ASSUMED.test(stdout), told, stdout)
    t.regex(stdout, /goes out to \[2001:db8::5\]:80/)
  })
}
