import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import type { Disturb } from '../api-server/disturb.ts'
import { startApiServer } from '../api-server/server.ts'
import {
  execIn,
  hasKubectl,
  nodePrograms,
  objects,
  temporary,
  withAgents,
  writeKubeconfig
} from '../collect/cluster-fixture.ts'
import { root, snap } from '../support/cli.ts'
import { type Access, granted, kustomized, line, needed } from './manifests.ts'

/**
 * The roles hold exactly what a run asks the API server for: every request is recorded and compared. The server has no Ingress of
 * networking.k8s.io, so that the older group is asked too.
 */

const test = (hasKubectl ? anyTest : anyTest.skip) as TestFn

const NONE = ['--pods', 'none']
const transports: readonly [folder: string, namespace: string, label: string, options: readonly string[]][] = [
  ['base', 'kube-system', 'k8s-app=kube-proxy', ['--transport', 'none', ...NONE]],
  ['nodes', 'snap', 'app.kubernetes.io/name=snap-node', ['--transport', 'daemonset', ...NONE]],
  ['exec', 'kube-system', 'k8s-app=kube-proxy', ['--transport', 'exec', ...NONE]],
  [
    'debug',
    'kube-system',
    'k8s-app=kube-proxy',
    ['--transport', 'debug', '--image', 'snap-node:0.1.0', '--pod-namespace', 'snap', ...NONE]
  ],
  // With the pods of svclb and Traefik, as the CronJob asks them.
  ['cron', 'snap', 'app.kubernetes.io/name=snap-node', ['--transport', 'daemonset']]
]
for (const [folder, namespace, label, options] of transports) {
  test.serial(`deploy/${folder} grants what a collection does, all of it and nothing else`, async (t) => {
    const used = await usedBy(t, { namespace, label }, options)
    const grants = granted(kustomized(folder))
    const covers = (grant: Access, use: Access): boolean =>
      grant.verb === use.verb &&
      grant.resource === use.resource &&
      (grant.namespace === null || grant.namespace === use.namespace)
    t.deepEqual(
      used.filter((use) => !grants.some((grant) => covers(grant, use))).map(line),
      [],
      'asked for and not granted'
    )
    t.deepEqual(
      grants.filter((grant) => !used.some((use) => covers(grant, use))).map(line),
      [],
      'granted and not asked for'
    )
    const wide = grants
      .filter(({ namespace }) => namespace !== null)
      .filter((grant) => grants.some((other) => other.namespace === null && covers(other, grant)))
    t.deepEqual(folder === 'cron' ? [] : wide.map(line), [], 'granted twice')
  })
}

async function usedBy(
  t: ExecutionContext,
  { namespace, label }: { namespace: string; label: string },
  options: readonly string[]
): Promise<Access[]> {
  const folder = await temporary(t)
  const path = nodePrograms(join(folder, 'bin'))
  const { pods, ...others } = withAgents(objects())
  const [name = '', value = ''] = label.split('=')
  const own = pods.map((pod) =>
    pod.metadata.labels?.['app'] === 'agent'
      ? { ...pod, metadata: { ...pod.metadata, namespace, labels: { [name]: value } } }
      : pod
  )
  const server = await startApiServer({
    objects: { ...others, pods: own },
    exec: (call) => execIn(path, call),
    disturb: withoutNewIngresses
  })
  t.teardown(() => server.close())
  const { status, stderr } = await snap(
    folder,
    [
      'collect',
      ...options,
      '--page-size',
      '5',
      '--kubeconfig',
      writeKubeconfig(folder, server),
      '--context',
      'lab-admin'
    ],
    { HOME: folder }
  )
  t.true(status === 0 || (options.includes('none') && status === 3), stderr)
  return server.requests.flatMap(needed)
}

const withoutNewIngresses: Disturb = (url) =>
  /^\/apis\/networking.k8s.io\/.*\/ingresses$/.test(url.pathname)
    ? { kind: 'status', code: 404, message: 'the server could not find the requested resource' }
    : undefined

test("Traefik's kinds are asked for and granted, all three of both groups", (t) => {
  const routes = granted(kustomized('base'))
    .filter(({ resource }) => resource.includes('traefik'))
    .map(line)
    .sort()
  t.deepEqual(
    routes,
    ['traefik.containo.us', 'traefik.io']
      .flatMap((group) =>
        ['ingressroutes', 'ingressroutetcps', 'ingressrouteudps'].map((plural) => `list ${plural}.${group} *`)
      )
      .sort()
  )
})

/** What runs without anybody looking uses only options that there are. */
test('the options of the CronJob, the unit and the crontab line are those of collect', async (t) => {
  const folder = await temporary(t)
  const { stdout } = await snap(folder, ['collect', '--help'])
  const known = new Set([...stdout.matchAll(/--([a-z][a-z-]+)/g)].map(([, option]) => option))
  const cronJob = kustomized('cron').find(({ kind }) => kind === 'CronJob').spec.jobTemplate.spec.template.spec
    .containers[0]
  const lines = [
    cronJob.args.join(' '),
    ...['systemd/snap-collect.service', 'crontab'].map((file) => readFileSync(join(root, 'deploy', file), 'utf8'))
  ]
  for (const text of lines) {
    const options = [...text.matchAll(/ --([a-z][a-z-]+)/g)].map(([, option]) => option!)
    t.true(options.length > 3, text)
    t.deepEqual(
      options.filter((option) => !known.has(option)),
      []
    )
  }
})
