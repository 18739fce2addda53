import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { openStore } from '../../../src/store/open.ts'
import { importedSamples, root, snap } from '../../support/cli.ts'

/** The sample days: healthy but for its cluster's own faults on the first, kube-proxy of a node hangs on the second. */
const FIRST = '2026-11-22'
const SECOND = '2026-11-23'

let folder: string
test.before(async () => {
  folder = await importedSamples()
})

const check = (...args: string[]) => snap(folder, ['check', ...args])

async function file(name: string, text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'snap-checks-')), name)
  await writeFile(path, text)
  return path
}

/** A folder with one check, whose head can be spoilt. */
async function checkFolder(sql: string): Promise<string> {
  return join(await file('mine.sql', sql), '..')
}

const HEAD =
  '-- code: MINE\n-- severity: warn\n-- title: My own\n-- explanation: Because.\n-- fix: Do it.\n-- needs: services\n'

const STATUSES: { args: string[]; status: number }[] = [
  { args: ['RULE-DUP', '-s', SECOND], status: 0 },
  { args: ['sep-stale', '-s', FIRST], status: 0 },
  { args: ['SEP-STALE', '-s', SECOND], status: 1 },
  { args: ['SVC-NO-ENDPOINTS', '-s', FIRST], status: 1 },
  { args: ['SVC-NO-ENDPOINTS', '-s', FIRST, '--fail-on', 'error'], status: 0 },
  { args: ['SEP-STALE', '-s', SECOND, '--fail-on', 'error'], status: 1 },
  { args: ['SEP-STALE', '-s', SECOND, '--fail-on', 'none'], status: 0 },
  { args: ['EP-SINGLE', '-s', FIRST], status: 0 },
  { args: ['-s', FIRST, '--fail-on', 'none'], status: 0 },
  { args: ['PORT-NOT-LISTENING', '-s', FIRST], status: 3 },
  { args: ['SEP-STALE', '-s', '2020-01-01'], status: 2 },
  { args: ['NO-SUCH-CHECK'], status: 2 },
  { args: ['--checks', '/nowhere'], status: 2 },
  { args: ['--fail-on', 'sometimes'], status: 2 },
  { args: ['--suppress', '/nowhere'], status: 2 },
  { args: ['--baseline', '/nowhere'], status: 2 },
  { args: ['--store', '/nowhere'], status: 2 }
]

for (const { args, status } of STATUSES) {
  test(`check ${args.join(' ')} exits with ${status}`, async (t) => {
    const result = await check(...args)
    t.is(result.status, status, result.stderr)
    if (status === 2) t.regex(result.stderr, /^snap: [^\n]+\n$/)
  })
}

test('findings as JSON have an object, a node, a message, evidence that is an object, and a stable name', async (t) => {
  const { stdout } = await check('SEP-STALE', 'SVC-NO-ENDPOINTS', '-s', SECOND, '-o', 'json')
  const findings = JSON.parse(stdout) as Record<string, unknown>[]
  const stale = findings.find(({ code, object }) => code === 'SEP-STALE' && object === 'service/demo/web:http')!
  t.deepEqual(Object.keys(stale), [
    'snapshot',
    'code',
    'severity',
    'object',
    'node',
    'message',
    'unsure',
    'evidence',
    'fix',
    'fingerprint'
  ])
  t.like(stale, { snapshot: '2026-11-23T12-00-00Z', severity: 'error', node: 'kube-worker2' })
  t.regex(stale.message as string, /^sends to 10\.42\.0\.184:8080, .* no endpoints of this Service$/)
  t.regex((stale.evidence as { chains: string }).chains, /^KUBE-SEP-/)
  t.regex(stale.fingerprint as string, /^[0-9a-f]{16}$/)
  t.like(
    findings.find(({ object }) => object === 'service/demo/noep'),
    { node: '', evidence: { type: 'ClusterIP', selector: '{"app":"does-not-exist"}', matching_pods: 0 } }
  )
})

test('what a check could not see is a row too', async (t) => {
  const { stdout } = await check('PORT-NOT-LISTENING', '-s', FIRST, '-o', 'jsonl')
  t.like(JSON.parse(stdout), {
    code: 'PORT-NOT-LISTENING',
    severity: 'unknown',
    object: 'sockets of 29 of 33 endpoint pods',
    evidence: {}
  })
})

test('checks lists every check, and explain says what is in a head', async (t) => {
  const list = JSON.parse((await snap(folder, ['checks', '-o', 'json'])).stdout) as {
    code: string
    severity: string
    title: string
  }[]
  t.true(list.length >= 40)
  t.like(
    list.find(({ code }) => code === 'SEP-STALE'),
    { severity: 'error', title: 'KUBE-SEP chain whose endpoint is gone' }
  )
  const { stdout } = await snap(folder, ['explain', 'sep-stale'])
  t.regex(
    stdout,
    /^## SEP-STALE: KUBE-SEP chain whose endpoint is gone\n[^]*\*\*What to do:\*\* Look at kube-proxy's log/
  )
  const wrong = await snap(folder, ['explain', 'SEP-STALED'])
  t.is(wrong.status, 2)
  t.regex(wrong.stderr, /did you mean SEP-STALE, /)
})

test('docs/checks.md is what explain prints', async (t) => {
  const { stdout } = await snap(folder, ['explain'])
  const page = await readFile(join(root, 'docs/checks.md'), 'utf8')
  t.is(page.slice(page.indexOf('\n## ') + 1), stdout)
})

test("a check of the user's own finds, and takes the place of ours of the same code", async (t) => {
  const own = await checkFolder(
    `${HEAD}SELECT 'service/' || namespace AS object, 'many' AS message, count(*) AS services FROM services GROUP BY 1, namespace HAVING count(*) > 30`
  )
  const { stdout, status } = await check('mine', '-s', FIRST, '--checks', own, '-o', 'json')
  t.is(status, 1)
  t.like(JSON.parse(stdout)[0], {
    code: 'MINE',
    severity: 'warn',
    object: 'service/demo',
    node: '',
    message: 'many',
    evidence: { services: 33 },
    fix: 'Do it.'
  })
  const ours = await checkFolder(`${HEAD.replace('MINE', 'SEP-STALE')}SELECT 'x' AS object, 'mine' AS message WHERE 0`)
  t.is((await check('SEP-STALE', '-s', SECOND, '--checks', ours)).status, 0)
})

test('a store whose tables are of another build is told as that', async (t) => {
  const own = await importedSamples()
  const store = openStore(join(own, 'snap.db'))
  store.exec('DROP VIEW connections')
  store.close()
  const { status, stderr } = await snap(own, ['check', '-s', FIRST])
  t.is(status, 2)
  t.is(
    stderr,
    'snap: snap.db: was written by another build of snap whose tables are others; import the archive into a new store\n'
  )
})

const BAD: { name: string; sql: string; says: RegExp }[] = [
  { name: 'no head', sql: 'SELECT 1', says: /mine\.sql: its head lacks "-- severity: …"/ },
  { name: 'no code', sql: HEAD.replace('-- code: MINE\n', ''), says: /mine\.sql: its head lacks "-- code: …"/ },
  { name: 'a field that there is not', sql: `-- colour: red\n${HEAD}`, says: /unknown field "colour"/ },
  {
    name: 'a severity that there is not',
    sql: HEAD.replace('warn', 'fatal'),
    says: /severity is error, warn, info, not "fatal"/
  },
  { name: 'no query', sql: HEAD, says: /mine\.sql: / },
  { name: 'SQL that SQLite refuses', sql: `${HEAD}SELECT 1 1`, says: /mine\.sql: near "1": syntax error/ },
  { name: 'a table that there is not', sql: `${HEAD}SELECT * FROM servics`, says: /mine\.sql: no such table: servics/ },
  {
    name: 'a query that does not say of what',
    sql: `${HEAD}SELECT 'x' AS message`,
    says: /must return the text columns object and message/
  },
  { name: 'a query that writes', sql: `${HEAD}DELETE FROM _snapshot`, says: /mine\.sql: / }
]

for (const { name, sql, says } of BAD) {
  test(`a check of the user's own with ${name} is named in one line`, async (t) => {
    const { status, stderr } = await check('-s', FIRST, '--checks', await checkFolder(sql))
    t.is(status, 2, stderr)
    t.regex(stderr, /^snap: [^\n]+\n$/)
    t.regex(stderr, says)
  })
}

test('suppressed findings are left out, for as long as they may be, and it is said', async (t) => {
  const list = await file(
    'known.txt',
    '# known\nSVC-NO-ENDPOINTS service/demo/noep* 2027-01-01 made so\nSVC-NO-ENDPOINTS service/demo/notready 2026-11-21 was to be mended\n'
  )
  const { status, stdout, stderr } = await check('SVC-NO-ENDPOINTS', '-s', FIRST, '--suppress', list, '-o', 'json')
  t.is(status, 1)
  t.deepEqual(
    JSON.parse(stdout).map(({ object }: { object: string }) => object),
    ['service/demo/notready']
  )
  t.regex(stderr, /known\.txt:3: SVC-NO-ENDPOINTS service\/demo\/notready ended on 2026-11-21/)
  t.regex(stderr, /4 findings left out \(4 warn\): suppressed by /)
})

test('a suppression of a check that there is not is named with the nearest', async (t) => {
  const { stderr } = await check(
    'SVC-NO-ENDPOINTS',
    '-s',
    FIRST,
    '--suppress',
    await file(
      'known.txt',
      'SVC-NO-ENDPOINT * - typing\nNODE-DRIFT * - not asked for\nFRONTEND-MOVED * - an assertion\n'
    )
  )
  t.deepEqual(stderr.match(/no check .*/g), [
    'no check SVC-NO-ENDPOINT, so this line leaves nothing out; did you mean SVC-NO-ENDPOINTS?'
  ])
  t.regex(stderr, /^snap: .*known\.txt:1: no check/m)
})

test('a snapshot against itself or a later one is said', async (t) => {
  t.regex(
    (await check('--before', FIRST, '-s', FIRST)).stderr,
    /^snap: 2026-11-22 and 2026-11-22 mean the same snapshot, /m
  )
  t.regex(
    (await check('--before', SECOND, '-s', FIRST)).stderr,
    /^snap: 2026-11-23T\S+, the one before, is later than 2026-11-22T/m
  )
  t.notRegex((await check('--before', FIRST, '-s', SECOND)).stderr, /same snapshot|later/)
})

test('of a pasted Service only what the paste shows can be gone', async (t) => {
  const asked = (name: string, rows: string) => `$ kubectl get ${name} -A -o wide\n${rows}\n`
  const own = await importedSamples()
  const services = asked(
    'svc',
    [
      'NAMESPACE   NAME   TYPE        CLUSTER-IP     EXTERNAL-IP   PORT(S)   AGE   SELECTOR',
      'demo        np     NodePort    10.43.160.108   <none>        80:30099/TCP   1d   app=web',
      'demo        web    ClusterIP   10.43.154.73    <none>        81/TCP    1d    app=web'
    ].join('\n')
  )
  t.is(
    (await snap(own, ['import', '--text', await file('pasted.txt', services), '--at', '2026-11-24T10:00Z'])).status,
    0
  )
  const { stdout } = await snap(own, ['check', 'FRONTEND-MOVED', '--before', FIRST, '-s', '2026-11-24', '-o', 'json'])
  const found = (JSON.parse(stdout) as { severity: string; object: string; message: string }[]).filter(
    ({ severity }) => severity === 'warn'
  )
  t.deepEqual(
    found.map(({ object, message }) => `${object}: ${message}`),
    ['service/demo/web:http: cluster-ip 10.43.154.73 port 80/TCP is no more']
  )
  const frontends = await snap(own, [
    'sql',
    "select service, kind, address, port from frontends where snapshot like '2026-11-24%' order by 1, 2",
    '-o',
    'json'
  ])
  t.deepEqual(JSON.parse(frontends.stdout), [
    { service: 'np', kind: 'cluster-ip', address: '10.43.160.108', port: 80 },
    { service: 'np', kind: 'node-port', address: '', port: 30099 },
    { service: 'web', kind: 'cluster-ip', address: '10.43.154.73', port: 81 }
  ])
  const traced = await snap(own, ['trace', 'service/demo/web:82', '-s', '2026-11-24'])
  t.regex(traced.stderr, /Service demo\/web has no port 82; it has 81\n/)
})

test('a suppression that cannot be read is named by its line', async (t) => {
  const { status, stderr } = await check(
    '-s',
    FIRST,
    '--suppress',
    await file('known.txt', '\nEP-SINGLE service/demo/*\n')
  )
  t.is(status, 2)
  t.regex(stderr, /known\.txt:2: write CODE OBJECT UNTIL REASON/)
})

test('only what is new since a snapshot', async (t) => {
  const { stdout, stderr } = await check('-s', SECOND, '--new-since', FIRST, '-o', 'json')
  const codes = new Set(
    (JSON.parse(stdout) as { code: string; severity: string }[])
      .filter(({ severity }) => severity !== 'unknown')
      .map(({ code }) => code)
  )
  t.deepEqual([...codes].sort(), ['NODE-DRIFT', 'SEP-MISSING', 'SEP-STALE'])
  t.regex(stderr, /findings left out \(.*\): they stood in 2026-11-22T12-00-00Z too/)
})

test('two snapshots: what is new, what is gone, and what still stands since when', async (t) => {
  const { stdout, status } = await check('-s', SECOND, '--compare', FIRST, '-o', 'json')
  t.is(status, 1)
  const rows = (JSON.parse(stdout) as Record<string, string>[]).filter(({ severity }) => severity !== 'unknown')
  const of = (state: string) => [...new Set(rows.filter((row) => row.state === state).map(({ code }) => code))].sort()
  t.deepEqual(of('new'), ['NODE-DRIFT', 'SEP-MISSING', 'SEP-STALE'])
  t.deepEqual(of('standing'), ['EP-SINGLE', 'EXTERNAL-IP-NODE', 'LB-IP-STALE', 'SVC-NO-ENDPOINTS', 'SVCLB-CONTAINERS'])
  t.deepEqual([of('gone'), of('unknown')], [[], []])
  t.true(rows.every(({ state, since }) => since === (state === 'standing' ? '2026-11-22T12-00-00Z' : '')))
})

test('two snapshots the other way round: gone, of the day that has it, and that is no failure', async (t) => {
  const { stdout, status, stderr } = await check('SEP-STALE', '-s', FIRST, '--compare', SECOND, '-o', 'json')
  t.is(status, 0)
  t.regex(stderr, /2026-11-23T12-00-00Z, the one before, is later/)
  t.deepEqual(
    [...new Set((JSON.parse(stdout) as Record<string, string>[]).map(({ snapshot, state }) => `${state} ${snapshot}`))],
    ['gone 2026-11-23T12-00-00Z']
  )
})

test('every format tells new from gone from standing', async (t) => {
  const compared = async (format: string) =>
    (await check('SEP-STALE', 'SVC-NO-ENDPOINTS', '-s', SECOND, '--compare', FIRST, '-o', format)).stdout
  const table = await compared('table')
  t.regex(table, /^NEW {2}Not in 2026-11-22T12-00-00Z\n\nERROR {2}SEP-STALE /)
  t.regex(
    table,
    /^STILL THERE {2}In 2026-11-22T12-00-00Z too, since 2026-11-22T12-00-00Z or earlier\n\nWARN {2}SVC-NO-ENDPOINTS /m
  )
  t.regex(table, /from 2 checks; 11 new, 5 still there\n$/)
  t.regex(await compared('junit'), /<failure [^>]*>\[new\] service\//)
  t.regex(await compared('github'), /^::warning title=SVC-NO-ENDPOINTS service\/demo\/noep \(standing\)::/m)
  t.regex(await compared('prometheus'), /^snap_findings_new\{code="SEP-STALE",severity="error"\} 11$/m)
  const states = JSON.parse(await compared('sarif')).runs[0].results.map(
    ({ ruleId, baselineState }: Record<string, string>) => `${ruleId} ${baselineState}`
  )
  t.deepEqual([...new Set(states)], ['SEP-STALE new', 'SVC-NO-ENDPOINTS unchanged'])
  t.regex(await compared('markdown'), /\| state \| since \| why \|\n/)
})

test('a baseline knows the findings of another day again', async (t) => {
  const baseline = await file('baseline.txt', '')
  await check('-s', FIRST, '--write-baseline', baseline)
  t.is(
    (await check('SVC-NO-ENDPOINTS', 'LB-IP-STALE', 'SVCLB-CONTAINERS', '-s', SECOND, '--baseline', baseline)).status,
    0
  )
  t.is((await check('NODE-DRIFT', '-s', SECOND, '--baseline', baseline)).status, 1)
})

test('JUnit: one test case a check, failed, skipped or passed', async (t) => {
  const { stdout } = await check('SEP-STALE', 'PORT-NOT-LISTENING', 'RULE-DUP', '-s', SECOND, '-o', 'junit')
  t.regex(stdout, /<testsuite name="2026-11-23T12-00-00Z" tests="3" failures="1" skipped="1">/)
  t.regex(
    stdout,
    /name="SEP-STALE">\n {2}<failure type="error" message="[^"]*11 findings">service\/demo\/extip:alt on kube-worker2: /
  )
  t.regex(stdout, /name="PORT-NOT-LISTENING">\n {2}<skipped message="could not see sockets/)
  t.regex(stdout, /name="RULE-DUP">\n <\/testcase>/)
})

test('SARIF: a rule a check, a result a finding, with its fingerprint', async (t) => {
  const {
    runs: [run],
    version
  } = JSON.parse((await check('SEP-STALE', 'PORT-NOT-LISTENING', '-s', SECOND, '-o', 'sarif')).stdout)
  t.is(version, '2.1.0')
  t.deepEqual(
    run.tool.driver.rules.map(({ id }: { id: string }) => id),
    ['PORT-NOT-LISTENING', 'SEP-STALE']
  )
  t.is(run.results.length, 11)
  t.like(run.results[0], {
    ruleId: 'SEP-STALE',
    level: 'error',
    locations: [{ logicalLocations: [{ fullyQualifiedName: 'service/demo/extip:alt@kube-worker2' }] }]
  })
  t.regex(run.results[0].partialFingerprints['snap/v1'], /^[0-9a-f]{16}$/)
  t.is(run.invocations[0].toolExecutionNotifications.length, 1)
})

test('Prometheus: a number for every check, none is 0', async (t) => {
  const { stdout } = await check('SEP-STALE', 'PORT-NOT-LISTENING', 'RULE-DUP', '-s', SECOND, '-o', 'prometheus')
  t.regex(stdout, /^snap_findings\{code="SEP-STALE",severity="error"\} 11$/m)
  t.regex(stdout, /^snap_findings\{code="RULE-DUP",severity="warn"\} 0$/m)
  t.regex(stdout, /^snap_check_gaps\{code="PORT-NOT-LISTENING",severity="error"\} 1$/m)
  for (const line of stdout.trimEnd().split('\n')) t.regex(line, /^(# (HELP|TYPE) \w+ .+|\w+\{[^}]*\} \d+)$/)
})

test('Markdown and CSV are tables of the same rows', async (t) => {
  t.regex(
    (await check('SEP-STALE', '-s', SECOND, '-o', 'markdown')).stdout,
    /^\| snapshot \| code \|.*\n\| --- .*\n\| 2026-11-23T12-00-00Z \| SEP-STALE \|/
  )
  t.is((await check('SEP-STALE', '-s', SECOND, '-o', 'csv')).stdout.trimEnd().split('\n').length, 12)
})
