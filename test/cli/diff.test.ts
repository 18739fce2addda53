import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { importedSamples, root, snap } from '../support/cli.ts'

/** Two sample days of one cluster, and what an operator pasted of one namespace and one node long before. */
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

interface Row {
  readonly section: string
  readonly object: string
  readonly aspect: string
  readonly name: string
  readonly change: string
  readonly before: unknown
  readonly after: unknown
}

async function rowsOf(...args: string[]): Promise<Row[]> {
  return JSON.parse((await snap(folder, ['diff', ...args, '-o', 'json'])).stdout) as Row[]
}

test('a chain that was not pasted sent packets nobody knows where', async (t) => {
  const destinations = (await rowsOf('2021-02-03', 'latest')).filter(({ aspect }) => aspect === 'destinations')
  t.deepEqual(
    destinations.map(({ name, before, after }) => ({ name, before, after })),
    [{ name: 'keycloak 8087/TCP', before: ['10.42.2.245:8087 100%'], after: ['10.42.2.245:8888 100%'] }]
  )
})

test('a namespace that was listed whole is compared whole, and what is outside of it is unknown', async (t) => {
  const rows = await rowsOf('2021-02-03', 'latest')
  const pods = rows.filter(({ section }) => section === 'pod')
  t.deepEqual(pods.map(({ object, change }) => `${change} ${object.replace(/-\w+$/, '')}`).sort(), [
    ...Array<string>(3).fill('added traefik-ns/svclb-traefik'),
    ...Array<string>(3).fill('removed traefik-ns/svclb-traefik')
  ])
  const unknown = rows.filter(({ section }) => section === 'unknown').map(({ object }) => object)
  t.true(unknown.includes('pods outside of namespace traefik-ns'))
  t.true(unknown.includes('endpoints'), 'they are not whole inside of the namespace either')
  t.false(
    unknown.some((subject) => subject.startsWith('rules of traefik-ns/svclb')),
    'pods that were not there had no rules'
  )
})

test('what was added is known to have been none before', async (t) => {
  const rows = (await rowsOf('latest~1', 'latest')).filter(({ section }) => section !== 'unknown')
  const ends = (kind: string, side: 'before' | 'after') =>
    new Set(rows.filter(({ change }) => change === kind).map((row) => row[side]))
  t.deepEqual(ends('added', 'before'), new Set(['']))
  t.deepEqual(ends('removed', 'after'), new Set(['']))
})

test('--node leaves out pods that run on other nodes', async (t) => {
  const rows = await rowsOf('latest~1', 'latest', '--node', 'kube-worker2', '--kind', 'pod')
  const pods = rows.filter(({ section }) => section === 'pod').map(({ object }) => object)
  t.deepEqual(
    [...new Set(pods)],
    ['gkdm4', 'j85h6', 'k6hgm'].map((name) => `demo/web-577f64b965-${name}`).concat('demo/web-64f9b9c48-x78kr')
  )
})

async function refused(t: ExecutionContext, args: readonly string[], says: RegExp): Promise<void> {
  const { status, stdout, stderr } = await snap(folder, ['diff', 'latest~1', 'latest', ...args])
  t.is(status, 2)
  t.is(stdout, '')
  t.regex(stderr, says)
}

const FILTERS: [args: string[], says: RegExp][] = [
  [['--service', 'nosuch'], /^snap: diff: neither 2026-\S+ nor 2026-\S+ has a Service nosuch; nearest: /],
  [['--service', 'DEMO/web'], /no.* Service DEMO\/web; nearest: demo\/web/],
  [['--service', 'web', '-n', 'traefik-ns'], /no.* Service traefik-ns\/web; nearest: traefik-ns\/traefik/],
  [['-n', 'nosuchns'], /namespace nosuchns; nearest: /],
  [['--node', 'kube-worker9'], /node kube-worker9; nearest: kube-worker1, kube-worker2/],
  [['--service', 'demo/web', '--kind', 'pod'], /leaves only Services, so --kind pod leaves nothing/],
  [['-n', 'demo', '--kind', 'node'], /--kind node leaves nothing/]
]
for (const [args, says] of FILTERS) test(`no all-clear for ${args.join(' ')}`, (t) => refused(t, args, says))

test('a snapshot compared with itself is said to be', async (t) => {
  const { status, stderr } = await snap(folder, ['diff', 'latest'])
  t.is(status, 0)
  t.regex(stderr, /^snap: latest and latest mean the same snapshot, 2026-\S+: it is compared with itself\n$/)
})

test('nothing different, and last what could not be compared', async (t) => {
  const { status, stdout } = await snap(folder, ['diff', '2021-02-03', 'latest', '--kind', 'node'])
  t.is(status, 0)
  t.regex(stdout, /: no difference in what both snapshots hold\n\nUNKNOWN/)
  t.regex(
    stdout.slice(stdout.indexOf('UNKNOWN')).replace(/\s+/g, ' '),
    /nodes, .*: unknown in 2021-02-03T10-00-00Z: not collected .*$/
  )
})
