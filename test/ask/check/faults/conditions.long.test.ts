/** A finding that depends on what the snapshot does not tell says so, in its text. */
import test from 'ava'
import { sampleItems } from '../../../support/sample.ts'
import { checkItems } from '../checking.ts'

test('a rule that drops by interfaces which are not known: unsure, and the condition stands in the message', async (t) => {
  const items = (await sampleItems('2026-11-22T12-00-00Z'))
    .filter(({ kind, node }) => !(node === 'kube-worker1' && (kind === 'ip-route' || kind === 'ip-address')))
    .map((item) =>
      item.kind === 'iptables-save' && item.node === 'kube-worker1'
        ? {
            ...item,
            content: Buffer.from(
              item
                .content!.toString('utf8')
                .replace(/^(?:\[\d+:\d+\] )?-A FORWARD /m, '-A FORWARD -i eth0 -o cni0 -j DROP\n$&')
            )
          }
        : item
    )
  const found = (await checkItems(items)).flatMap(({ findings }) =>
    findings.filter(({ code, node }) => code.startsWith('FRONTEND-') && node === 'kube-worker1')
  )
  t.true(found.length > 0)
  for (const { message, unsure } of found) {
    t.regex(message, /, if .*(eth0|cni0)/)
    t.regex(unsure, /it is not known if .*(eth0|cni0)/)
  }
})
