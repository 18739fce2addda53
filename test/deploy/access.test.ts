import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { join } from 'node:path'
import { startApiServer } from '../api-server/server.ts'
import { execIn, hasKubectl, nodePrograms, objects, temporary, withAgents, writeKubeconfig } from '../collect/cluster-fixture.ts'
import { snap } from '../support/cli.ts'
import { granted, kustomized, line, needed } from './manifests.ts'

/** The roles hold exactly what a run asks the API server for: every request is recorded and compared. */

const test = (hasKubectl ? anyTest : anyTest.skip) as TestFn

const transports: readonly [folder: string, pods: string, options: readonly string[]][] = [
  ['nodes', 'snap', ['--transport', 'exec', '--selector', 'app=agent', '--pod-namespace', 'snap', '--pods', 'none']],
  ['exec', 'kube-system', ['--transport', 'exec', '--selector', 'app=agent', '--pods', 'none']]
]
for (const [folder, namespace, options] of transports) {
  test(`deploy/${folder} grants what a collection does, all of it and nothing else`, async (t) => {
    const used = await requests(t, namespace, options)
    t.deepEqual(distinct(used), distinct(granted(kustomized(folder)).map(line)))
  })
}

async function requests(t: ExecutionContext, namespace: string, options: readonly string[]): Promise<string[]> {
  const folder = await temporary(t)
  const path = nodePrograms(join(folder, 'bin'))
  const { pods, ...others } = withAgents(objects())
  const inNamespace = pods.map((pod) => (pod.metadata.labels?.['app'] === 'agent' ? { ...pod, metadata: { ...pod.metadata, namespace } } : pod))
  const server = await startApiServer({ objects: { ...others, pods: inNamespace }, exec: (call) => execIn(path, call), chunk: 5 })
  t.teardown(() => server.close())
  const config = writeKubeconfig(folder, server)
  const { status, stderr } = await snap(folder, ['collect', ...options, '--kubeconfig', config, '--context', 'lab-admin'], { HOME: folder })
  t.is(status, 0, stderr)
  // A list in one namespace is granted by that of all.
  return server.requests.flatMap((request) => needed(request).map(line)).filter((one) => !one.startsWith('list pods ') || one === 'list pods *')
}

function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines)].sort()
}
