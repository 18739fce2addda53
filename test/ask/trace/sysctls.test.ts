/** What a packet meets depends on the node's settings where they were read, and is said to be assumed where they were not. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { ManifestItem } from '../../../src/archive/manifest.ts'
import { openSnapshot } from '../../../src/archive/open.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../src/store/open.ts'
import { root, snap, temporaryFolder } from '../../support/cli.ts'

/** The sample with these settings on each node. */
async function traced(t: ExecutionContext, settings: string | null): Promise<string> {
  const folder = await temporaryFolder()
  const store = openStore(join(folder, 'snap.db'))
  const sample = await openSnapshot(join(root, 'snapshots/2026-11-22T12-00-00Z'))
  const content = Buffer.from(settings ?? '')
  const { startedAt, endedAt } = sample.manifest
  const added = (settings === null ? [] : ['kube-master', 'kube-worker1', 'kube-worker2']).map((node): ManifestItem => ({
    kind: 'sysctls', node, path: `nodes/${node}/sysctls.txt.gz`, command: ['grep', '-H', '', 'FILE'], startedAt, endedAt, exitCode: 0, error: null, stderr: null,
    bytes: content.length, sha256: createHash('sha256').update(content).digest('hex')
  }))
  const items = [...sample.manifest.items, ...added]
  await importSnapshot(store, { ...sample, manifest: { ...sample.manifest, items }, read: async (each) => (added.includes(each) ? content : sample.read(each)) }, new Date(0))
  store.close()
  const { status, stdout, stderr } = await snap(folder, ['trace', 'http://kube-master:8087', '--node', 'kube-master'])
  t.is(status, 0, stderr)
  return stdout
}

test('not read: the answer says what it takes for granted', async (t) => {
  t.regex(await traced(t, null), /the node forwards packets \(net\.ipv4\.ip_forward is not known\)/)
})

test('read and on: nothing is taken for granted', async (t) => {
  const text = await traced(t, 'ipv4/ip_forward:1\nipv4/conf/all/route_localnet:1\nipv4/conf/default/route_localnet:0\n')
  t.regex(text, /delivered/)
  t.notRegex(text, /ip_forward/)
})

test('read and off: the packet is dropped, and why', async (t) => {
  const text = await traced(t, 'ipv4/ip_forward:0\n')
  t.regex(text, /the node does not forward \(net\.ipv4\.ip_forward is 0\)/)
  t.notRegex(text, /delivered/)
})
