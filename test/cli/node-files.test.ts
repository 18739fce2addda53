import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import test from 'ava'
import { MARK } from '../collect/cluster-fixture.ts'
import { root, snap, temporaryFolder } from '../support/cli.ts'

/** What scripts/collect-node.sh prints on a node, by hand or by cron, is imported as it is. */
async function nodeFile(folder: string, node: string): Promise<string> {
  const dump = gunzipSync(
    await readFile(join(root, `snapshots/2026-11-22T12-00-00Z/nodes/${node}/iptables-save.txt.gz`))
  ).toString('utf8')
  const file = join(folder, `${node}.txt`)
  await writeFile(
    file,
    `snap-node 2 ${MARK}\nhost ${node}\nboot \nstart 2026-11-22T12:00:00Z\nrun iptables-save - iptables-save -c\n${dump}\n${MARK} messages\n\n${MARK} exit 0\nend 2026-11-22T12:00:01Z\n`
  )
  return file
}

test('files of two nodes are one snapshot, and what they do not hold is unknown', async (t) => {
  const folder = await temporaryFolder()
  const files = await Promise.all(['kube-master', 'kube-worker1'].map((node) => nodeFile(folder, node)))
  const { status, stderr } = await snap(folder, ['import', ...files])
  t.is(status, 0, stderr)
  t.regex(stderr, /^2026-11-22T12-00-00Z: imported, 0 nodes/)
  const rules = await snap(folder, [
    'sql',
    'select node, count(*) > 1000 as many from rules group by 1 order by 1',
    '-s',
    'latest',
    '-o',
    'csv'
  ])
  t.is(rules.stdout, 'node,many\nkube-master,1\nkube-worker1,1\n')
  t.regex(
    (await snap(folder, ['trace', 'service/demo/web'])).stderr,
    /whether there is a Service demo\/web is unknown: services were not collected/
  )
  t.regex((await snap(folder, ['check', 'SEP-STALE'])).stdout, /endpointslices: not collected/)
})

test('the same node twice', async (t) => {
  const folder = await temporaryFolder()
  const file = await nodeFile(folder, 'kube-master')
  await writeFile(join(folder, 'again.txt'), await readFile(file))
  const { status, stderr } = await snap(folder, ['import', file, 'again.txt'])
  t.is(status, 2)
  t.regex(stderr, /again\.txt: is of node kube-master, of which another file was named too/)
})
