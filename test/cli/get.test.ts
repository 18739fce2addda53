import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { importedSamples, root, snap } from '../support/cli.ts'
import { storeOfSample } from '../support/sample.ts'

let folder: string
test.before(async () => {
  folder = await importedSamples()
  await snap(folder, [
    'import',
    '--text',
    join(root, 'snapshots/traefik-incident.txt'),
    '--node',
    'kube-master',
    '--at',
    '2021-02-03T10:00Z'
  ])
})

const get = async (...args: string[]) => snap(folder, ['get', ...args])

test('a table, and on stderr which snapshot and how old it is', async (t) => {
  const { status, stdout, stderr } = await get('svc', '-n', 'traefik-ns')
  t.is(status, 0)
  t.regex(
    stdout,
    /^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE\ntraefik +LoadBalancer +10\.43\.\d+\.\d+ +141\.75\.148\.138,\S+ +\S*8087:\d+\/TCP\S* +\S+\n$/
  )
  t.regex(stderr, /^snap: services of 2026-11-23T12-00-00Z, taken \S+ ago\n$/)
})

test('all formats tell the same Services', async (t) => {
  const names = (await get('services', '-o', 'name')).stdout.trim().split('\n')
  t.true(names.length > 1 && names.every((name) => /^service\/[^/]+\/[^/]+$/.test(name)))
  const json = JSON.parse((await get('services', '-o', 'json')).stdout) as {
    namespace: string
    service: string
    ports: object[]
  }[]
  t.deepEqual(
    json.map(({ namespace, service }) => `service/${namespace}/${service}`),
    names
  )
  t.deepEqual(parse((await get('services', '-o', 'yaml')).stdout), json)
  t.deepEqual(
    (await get('services', '-o', 'jsonl')).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    json
  )
  const csv = (await get('services', '-o', 'csv')).stdout.trim().split('\n')
  t.is(csv[0], 'NAMESPACE,NAME,TYPE,CLUSTER-IP,EXTERNAL-IP,PORT(S),AGE,SELECTOR')
  t.is(csv.length, names.length + 1)
  t.is((await get('services', '--no-headers')).stdout.trim().split('\n').length, names.length)
})

test('one object by its name is an object, not a list of one', async (t) => {
  const [namespace, service] = ['traefik-ns', 'traefik']
  const { stdout } = await get('svc/traefik', '-o', 'json')
  t.like(JSON.parse(stdout), { namespace, service })
  t.like(parse((await get('svc', 'traefik-ns/traefik', '-o', 'yaml')).stdout), { namespace, service })
})

test("columns of one's own, sorted", async (t) => {
  const { stdout } = await get(
    'nodes',
    '-o',
    'custom-columns=NODE:node,IP:internal_ips[0],NONE:labels.nope',
    '--sort-by',
    'internal_ips'
  )
  t.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ +/)),
    [
      ['NODE', 'IP', 'NONE'],
      ['kube-master', '141.75.148.138', '<none>'],
      ['kube-worker1', '141.75.148.139', '<none>'],
      ['kube-worker2', '141.75.148.140', '<none>']
    ]
  )
})

test('every kind can be listed, in every format, and what list prints is get snapshots', async (t) => {
  for (const kind of [
    'services',
    'endpoints',
    'endpointslices',
    'pods',
    'nodes',
    'namespaces',
    'daemonsets',
    'ingresses',
    'frontends',
    'chains',
    'rules',
    'listeners',
    'findings',
    'flows',
    'snapshots'
  ]) {
    const [wide, json] = [await get(kind, '-o', 'wide'), await get(kind, '-o', 'json')]
    t.deepEqual([kind, wide.status, json.status], [kind, 0, 0])
    t.is(wide.stdout === '', (JSON.parse(json.stdout) as object[]).length === 0, kind)
  }
  t.is((await snap(folder, ['list'])).stdout, (await get('snapshots')).stdout)
})

test('what was not read is unknown, and does not look like none', async (t) => {
  const { status, stdout, stderr } = await get('daemonsets', '-s', '2021-02-03')
  t.deepEqual([status, stdout], [3, ''])
  t.regex(stderr, /daemonsets are not known whole: not collected\nsnap: whether there are daemonsets is unknown\n$/)
  const none = await get('ingresses', '-n', 'kube-system')
  t.deepEqual([none.status, none.stdout], [0, ''])
  t.regex(none.stderr, /\nsnap: no ingresses in namespace kube-system\n$/)
  t.is((await get('ingresses', '-n', 'kube-system', '-o', 'json')).stdout, '[]\n')
})

test('what was not collected of one node, or failed there, is unknown there and known elsewhere', async (t) => {
  const partial = await storeOfSample((items) =>
    items.flatMap((item) => {
      if (item.node === 'kube-worker1') return []
      return item.node === 'kube-worker2' && /save|sockets/.test(item.kind)
        ? [{ ...item, content: null, error: 'no route to host' }]
        : [item]
    })
  )
  for (const kind of ['rules', 'chains', 'listeners']) {
    for (const [node, why] of [
      ['kube-worker1', 'kube-worker1: not collected'],
      ['kube-worker2', 'kube-worker2: no route to host']
    ] as const) {
      const { status, stdout, stderr } = await snap(partial, ['get', kind, '--node', node])
      t.deepEqual([kind, node, status, stdout], [kind, node, 3, ''], stderr)
      t.true(
        stderr.includes(`${kind} are not known whole: ${why}\nsnap: whether there are ${kind} is unknown\n`),
        stderr
      )
    }
    t.is((await snap(partial, ['get', kind, '--node', 'kube-master'])).status, 0)
  }
})

const WRONG: [args: string[], says: RegExp][] = [
  [['servcies'], /^snap: get: there is no kind servcies; did you mean services\? It can be services, endpoints, /],
  [['svc', 'traefk'], /^snap: get: 2026-11-23T12-00-00Z has no service traefk; nearest: traefik-ns\/traefik/],
  [['svc', '-o', 'jsn'], /^snap: get: --output cannot be "jsn"; it can be table, wide, json, yaml, name, /],
  [['svc', '-o', 'custom-columns=NAME'], /^snap: get: "NAME" is no column; write custom-columns=/],
  [['svc', '-o', 'custom-columns=NAME:nme'], /^snap: get: no column nme; there are namespace, service, /],
  [['svc', '--sort-by', 'ip'], /^snap: get: no column ip; there are namespace, service, /],
  [['svc', '-l', 'a b'], /^snap: get: "a b" is no label selector; /],
  [['ep', '-l', 'app=web'], /^snap: get: endpoints have no labels in a snapshot; /],
  [['svc', '-n', 'a', '-A'], /^snap: get: give --namespace or --all-namespaces, not both/]
]
for (const [args, says] of WRONG) {
  test(`snap get ${args.join(' ')}`, async (t) => {
    const { status, stdout, stderr } = await get(...args)
    t.deepEqual([status, stdout], [2, ''])
    t.regex(stderr, says)
  })
}

test('a node or namespace that the snapshot does not name is refused, and so is --node where a kind is of no node', async (t) => {
  for (const [args, message] of [
    [['pods', '--node', 'nope'], /^snap: get: no node nope in \S+; there are .*kube-master/],
    [['svc', '-n', 'nope'], /^snap: get: no namespace nope in \S+; there are default, demo, /],
    [['svc', '--node', 'kube-master'], /^snap: get: services are not of one node; leave --node out/],
    [['xyzzyx'], /there is no kind xyzzyx\. It can be/]
  ] as const) {
    const { status, stderr, stdout } = await get(...args)
    t.is(status, 2, args.join(' '))
    t.regex(stderr, message)
    t.is(stdout, '')
  }
})

test('flows show where they lead', async (t) => {
  const { stdout } = await get('flows', '--no-headers', '-o', 'custom-columns=TO:destinations')
  const table = (await get('flows')).stdout
  t.regex(table, /^.* DESTINATIONS .*\n/)
  t.true(
    table.includes(
      stdout
        .trim()
        .split('\n')
        .find((line) => /:\d/.test(line))!
        .trim()
    )
  )
})

test('show knows a namespace by its short name', async (t) => {
  const { status, stdout } = await snap(folder, ['show', 'ns', 'traefik-ns', '-o', 'json'])
  t.is(status, 0)
  t.regex(stdout, /"traefik-ns"[^]*"traefik"/)
})
