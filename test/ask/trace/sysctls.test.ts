/** What a packet meets depends on the node's settings where they were read, and is said to be assumed where they were not. */
import test, { type ExecutionContext } from 'ava'
import { snap } from '../../support/cli.ts'
import { nodeItem, storeOfSample } from '../../support/sample.ts'

/** The sample with these settings on each node. */
async function traced(t: ExecutionContext, settings: string | null): Promise<string> {
  const added = (settings === null ? [] : ['kube-master', 'kube-worker1', 'kube-worker2']).map((node) =>
    nodeItem(node, 'sysctls', settings!)
  )
  const { status, stdout, stderr } = await snap(await storeOfSample((items) => [...items, ...added]), [
    'trace',
    'http://kube-master:8087',
    '--node',
    'kube-master'
  ])
  t.is(status, 0, stderr)
  return stdout
}

test('not read: the answer says what it takes for granted', async (t) => {
  t.regex(await traced(t, null), /the node forwards packets \(net\.ipv4\.ip_forward is not known\)/)
})

test('read and on: nothing is taken for granted', async (t) => {
  const text = await traced(
    t,
    'ipv4/ip_forward:1\nipv4/conf/all/route_localnet:1\nipv4/conf/default/route_localnet:0\n'
  )
  t.regex(text, /delivered/)
  t.notRegex(text, /ip_forward/)
})

test('read and off: the packet is dropped, and why', async (t) => {
  const text = await traced(t, 'ipv4/ip_forward:0\n')
  t.regex(text, /the node does not forward \(net\.ipv4\.ip_forward is 0\)/)
  t.notRegex(text, /delivered/)
})
