import test from 'ava'
import type { CollectOptions, PodScope } from '../../src/collect/options.ts'
import { askPod, podQuestions, type PodObject } from '../../src/collect/pods.ts'
import type { Run } from '../../src/collect/ports.ts'
import { objects } from './cluster-fixture.ts'

const SVCLB = { 'svccontroller.k3s.cattle.io/svcname': 'traefik' }

function pod(name: string, over: { labels?: object, hostNetwork?: boolean, phase?: string, running?: readonly string[], image?: string } = {}): PodObject {
  const { labels = {}, hostNetwork = false, phase = 'Running', running = ['a', 'b'], image = 'shop:1' } = over
  return {
    metadata: { name, namespace: 'demo', labels: labels as Record<string, string> },
    spec: { hostNetwork, containers: ['a', 'b'].map((container) => ({ name: container, image })) },
    status: { phase, containerStatuses: ['a', 'b'].map((container) => ({ name: container, state: running.includes(container) ? { running: {} } : {} })) }
  }
}

const PODS = [
  pod('svclb-x', { labels: SVCLB }), pod('edge', { image: 'docker.io/library/traefik:2.11' }), pod('traefik', { labels: { 'app.kubernetes.io/name': 'traefik' } }),
  pod('shop'), pod('on-host', { hostNetwork: true, labels: SVCLB }), pod('done', { phase: 'Succeeded' }), pod('crashed', { running: [] }), pod('half', { running: ['b'] })
]
const scopes: [scope: PodScope, asked: string[]][] = [
  ['none', []],
  ['svclb', ['svclb-x: iptables,sockets in a,b']],
  ['traefik', ['svclb-x: iptables,sockets in a,b', 'edge: sockets in a,b', 'traefik: sockets in a,b']],
  ['all', ['svclb-x: iptables,sockets in a,b', 'edge: sockets in a,b', 'traefik: sockets in a,b', 'shop: sockets in a,b', 'half: sockets in b']]
]
for (const [scope, asked] of scopes) {
  test(`pods asked: ${scope}`, (t) => t.deepEqual(podQuestions(PODS, scope).map(({ pod, parts, containers }) =>
    `${pod.metadata.name}: ${parts} in ${containers}`), asked))
}

test('of the captured cluster, the load balancer\'s containers and Traefik', (t) => {
  const questions = podQuestions(objects().pods as unknown as PodObject[], 'traefik')
  t.deepEqual(questions.map(({ pod, containers }) => `${pod.metadata.name.split('-')[0]} ${containers.length}`), ['svclb 4', 'svclb 4', 'svclb 4', 'traefik 1'])
})

const STREAM = 'snap-node 1\nhost h\nboot b\nstart s\nrun sockets-ss - ss -lntu\n|x\n\nexit 0\nend e\n'
const options = { kubectl: 'kubectl', timeoutMs: 1000, nodeScript: 'script' } as CollectOptions

async function ask(shells: readonly string[], each: boolean) {
  const asked: string[] = []
  const run: Run = async (argv) => {
    const container = argv.find((word) => word.startsWith('--container='))!.slice('--container='.length)
    asked.push(container)
    const has = shells.includes(container)
    return { exitCode: has ? 0 : 1, stdout: Buffer.from(has ? STREAM : ''), stderr: has ? '' : `error: no shell in ${container}`, failure: null }
  }
  const [question] = podQuestions([PODS[3]!], 'all')
  const items = await askPod(options, { run, now: () => new Date(0), open: () => Promise.reject() }, { ...question!, each })
  return { asked, items: items.map(({ container, error }) => `${container} ${error ?? 'whole'}`) }
}

test('containers share one network: the first that has a shell answers for the pod', async (t) => {
  t.deepEqual(await ask(['a', 'b'], false), { asked: ['a'], items: ['a whole'] })
  t.deepEqual(await ask(['b'], false), { asked: ['a', 'b'], items: ['b whole'] })
  t.deepEqual(await ask([], false), { asked: ['a', 'b'], items: ['a error: no shell in a'] })
  t.deepEqual(await ask(['b'], true), { asked: ['a', 'b'], items: ['a error: no shell in a', 'b whole'] })
})

test('a name that is none never becomes an argument', async (t) => {
  const question = { ...podQuestions([PODS[3]!], 'all')[0]!, containers: ['--help'] }
  await t.throwsAsync(askPod(options, { run: async () => t.fail() as never, now: () => new Date(0), open: () => Promise.reject() }, question), { message: /not a pod's.*"--help"/ })
})
