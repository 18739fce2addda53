import type { ExecutionContext } from 'ava'
import test from 'ava'
import { createSnapshot } from '../../src/archive/writer.ts'
import type { ItemFacts } from '../../src/collect/item.ts'
import type { CollectOptions, PodScope } from '../../src/collect/options.ts'
import { askPod, type PodObject, type PodQuestion, podQuestion } from '../../src/collect/pods.ts'
import type { Run } from '../../src/collect/ports.ts'
import { DEFAULTS, MARK, objects, pieces, temporary } from './cluster-fixture.ts'

const SVCLB = { 'svccontroller.k3s.cattle.io/svcname': 'traefik' }

function pod(
  name: string,
  over: { labels?: object; hostNetwork?: boolean; phase?: string; running?: readonly string[]; image?: string } = {}
): PodObject {
  const { labels = {}, hostNetwork = false, phase = 'Running', running = ['a', 'b'], image = 'shop:1' } = over
  return {
    metadata: { name, namespace: 'demo', labels: labels as Record<string, string> },
    spec: { hostNetwork, containers: ['a', 'b'].map((container) => ({ name: container, image })) },
    status: {
      phase,
      containerStatuses: ['a', 'b'].map((container) => ({
        name: container,
        state: running.includes(container) ? { running: {} } : {}
      }))
    }
  }
}

const PODS = [
  pod('svclb-x', { labels: SVCLB }),
  pod('edge', { image: 'docker.io/library/traefik:2.11' }),
  pod('traefik', { labels: { 'app.kubernetes.io/name': 'traefik' } }),
  pod('shop'),
  pod('on-host', { hostNetwork: true, labels: SVCLB }),
  pod('done', { phase: 'Succeeded' }),
  pod('crashed', { running: [] }),
  pod('half', { running: ['b'] })
]
const scopes: [scope: PodScope, asked: string[]][] = [
  ['none', []],
  ['svclb', ['svclb-x: iptables,sockets in a,b']],
  ['traefik', ['svclb-x: iptables,sockets in a,b', 'edge: sockets in a,b', 'traefik: sockets in a,b']],
  [
    'backends',
    [
      'svclb-x: iptables,sockets in a,b',
      'edge: sockets in a,b',
      'traefik: sockets in a,b',
      'shop: sockets in a,b if a backend',
      'half: sockets in b if a backend'
    ]
  ],
  [
    'all',
    [
      'svclb-x: iptables,sockets in a,b',
      'edge: sockets in a,b',
      'traefik: sockets in a,b',
      'shop: sockets in a,b',
      'half: sockets in b'
    ]
  ]
]
function podQuestions(pods: readonly PodObject[], scope: PodScope): PodQuestion[] {
  return pods.flatMap((pod) => podQuestion(pod, scope) ?? [])
}

for (const [scope, asked] of scopes) {
  test(`pods asked: ${scope}`, (t) =>
    t.deepEqual(
      podQuestions(PODS, scope).map(
        ({ pod, parts, containers, asBackend }) =>
          `${pod}: ${parts} in ${containers}${asBackend ? ' if a backend' : ''}`
      ),
      asked
    ))
}

test("of the captured cluster, the load balancer's containers and Traefik", (t) => {
  const questions = podQuestions(objects().pods as unknown as PodObject[], 'traefik')
  t.deepEqual(
    questions.map(({ pod, containers }) => `${pod.split('-')[0]} ${containers.length}`),
    ['svclb 4', 'svclb 4', 'svclb 4', 'traefik 1']
  )
})

const STREAM = `snap-node 2 ${MARK}\nhost h\nboot b\nstart s\nrun sockets-ss - ss -lntu\nx\n\n${MARK} messages\n\n${MARK} exit 0\nend e\n`
const OPTIONS: CollectOptions = { ...DEFAULTS, timeoutMs: 1000, nodeScript: 'script' }

async function ask(t: ExecutionContext, shells: readonly string[], question: PodQuestion) {
  const asked: string[] = []
  const items: ItemFacts[] = []
  const run: Run = async (argv, _options, read) => {
    const container = argv.find((word) => word.startsWith('--container='))!.slice('--container='.length)
    asked.push(container)
    const has = shells.includes(container)
    await read(pieces(has ? STREAM : ''))
    return {
      exitCode: has ? 0 : 1,
      stderr: has ? '' : `error: Internal error occurred: exec: "sh": executable file not found in $PATH: ${container}`,
      failure: null
    }
  }
  const never = (): never => t.fail() as never
  const ports = {
    run,
    now: () => new Date(0),
    open: never,
    wait: never,
    say: never,
    random: () => 0,
    api: { get: never, close: never }
  }
  const sink = await createSnapshot(await temporary(t), '2026-11-22T10-16-09Z')
  await askPod(OPTIONS, ports, sink, question, async (facts, draft) => {
    items.push(facts)
    if (draft !== null) await sink.drop(draft)
  })
  return { asked, items: items.map(({ container, error }) => `${container} ${error?.slice(0, 34) ?? 'whole'}`) }
}

test('containers share one network: the first that has a shell answers for the pod', async (t) => {
  const [question] = podQuestions([PODS[3]!], 'all')
  t.deepEqual(await ask(t, ['a', 'b'], question!), { asked: ['a'], items: ['a whole'] })
  t.deepEqual(await ask(t, ['b'], question!), { asked: ['a', 'b'], items: ['b whole'] })
  t.deepEqual(await ask(t, [], question!), { asked: ['a', 'b'], items: ['a no shell in the image (distroless)'] })
  t.deepEqual(await ask(t, ['b'], { ...question!, each: true }), {
    asked: ['a', 'b'],
    items: ['a no shell in the image (distroless)', 'b whole']
  })
})

test('a name that is none never becomes an argument', async (t) => {
  const [question] = podQuestions([PODS[3]!], 'all')
  await t.throwsAsync(ask(t, [], { ...question!, containers: ['--help'] }), { message: /not a pod's.*"--help"/ })
})
