import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { importedSamples, root, snap } from '../support/cli.ts'

/** The daily job on the two sample days: on the second, kube-proxy on kube-worker2 hangs. */
let folder: string
test.before(async () => {
  folder = await importedSamples()
})

test('importing again changes nothing and says so', async (t) => {
  const before = await snap(folder, ['list', '-o', 'json'])
  const { status, stderr } = await snap(folder, ['import', '--archive', join(root, 'snapshots')])
  t.is(status, 0)
  t.is(stderr, '2026-11-22T12-00-00Z: already in the store\n2026-11-23T12-00-00Z: already in the store\n')
  t.is((await snap(folder, ['list', '-o', 'json'])).stdout, before.stdout)
})

test('list shows the snapshots, newest first, with what failed in them', async (t) => {
  const rows = JSON.parse((await snap(folder, ['list', '-o', 'json'])).stdout) as Record<string, unknown>[]
  t.deepEqual(
    rows.map(({ snapshot, items, failed, issues }) => ({ snapshot, items, failed, issues })),
    [
      { snapshot: '2026-11-23T12-00-00Z', items: 38, failed: 1, issues: 1 },
      { snapshot: '2026-11-22T12-00-00Z', items: 38, failed: 1, issues: 1 }
    ]
  )
})

test('check finds the stale node and exits 1', async (t) => {
  const { status, stdout } = await snap(folder, ['check', '-s', '2026-11-23', '-o', 'json'])
  t.is(status, 1)
  const findings = JSON.parse(stdout) as { code: string; object: string; node: string }[]
  for (const code of ['SEP-MISSING', 'SEP-STALE', 'NODE-DRIFT']) {
    const found = findings.filter((finding) => finding.code === code)
    t.true(
      found.some(({ object, node }) => object === 'service/demo/web:http' && node === 'kube-worker2'),
      code
    )
    t.true(
      found.every(({ node }) => node === 'kube-worker2'),
      `${code} is on kube-worker2 alone`
    )
  }
})

test('on the day before no node drifts', async (t) => {
  const { status } = await snap(folder, [
    'check',
    'NODE-DRIFT',
    'SEP-MISSING',
    'SEP-STALE',
    'SEP-COUNT',
    '-s',
    '2026-11-22'
  ])
  t.is(status, 0)
})

test('check says what it could not see', async (t) => {
  const { stdout } = await snap(folder, ['check', 'PORT-NOT-LISTENING', '-s', 'latest'])
  t.regex(stdout, /NOT SEEN/)
  t.regex(stdout, /sockets of 29 of 33 endpoint pods: not collected/)
})

test('trace follows the URL of the incident to the listening socket', async (t) => {
  const { status, stdout } = await snap(folder, ['trace', 'http://kube-master:8087', '-s', '2026-11-22', '-o', 'json'])
  t.is(status, 0)
  const { outcomes, node, destination } = JSON.parse(stdout)
  t.is(node, 'kube-master')
  t.is(destination, '141.75.148.138:8087')
  t.is(outcomes.length, 1)
  t.like(outcomes[0], {
    verdict: 'delivered',
    address: '10.42.2.245:8888',
    share: 1,
    masqueraded: true,
    pod: 'traefik-ns/traefik-59cfdc49c7-dmm58',
    podNode: 'kube-worker2'
  })
})

test('trace shows the node that does otherwise apart', async (t) => {
  const { stdout } = await snap(folder, ['trace', 'service/demo/web', '-s', 'latest'])
  t.regex(stdout, /different on kube-worker2/)
  t.regex(stdout, /the same on kube-worker1/)
})

test('diff of a snapshot with itself is empty and exits 0, of the two days exits 1', async (t) => {
  const same = await snap(folder, ['diff', 'latest', 'latest'])
  t.is(same.status, 0)
  const { status, stdout } = await snap(folder, ['diff', 'latest~1', 'latest'])
  t.is(status, 1)
  t.regex(stdout, /demo\/web/)
})

test('sql reads one snapshot or all, and writes to none', async (t) => {
  const all = await snap(folder, ['sql', 'select count(distinct snapshot) as snapshots from services', '-o', 'csv'])
  t.is(all.stdout, 'snapshots\n2\n')
  const one = await snap(folder, ['sql', 'select distinct snapshot from services', '-s', 'latest', '-o', 'csv'])
  t.is(one.stdout, 'snapshot\n2026-11-23T12-00-00Z\n')
  for (const statement of [
    'delete from _rule',
    'update _pod set pod = 1',
    'drop view pods',
    'attach "other.db" as x'
  ]) {
    t.is((await snap(folder, ['sql', statement])).status, 2, statement)
  }
})

test('sql reads its statement from a file or standard input, and an empty answer says so', async (t) => {
  await writeFile(join(folder, 'q.sql'), "-- the nodes\nselect node from nodes where node = 'none'")
  t.is((await snap(folder, ['sql', '--file', 'q.sql'])).stdout, 'node\n(no rows)\n')
  t.is((await snap(folder, ['sql', '--file', 'q.sql', '-o', 'csv'])).stdout, 'node\n')
  t.is((await snap(folder, ['sql', '-- a comment\nselect 1 as one', '-o', 'csv'])).stdout, 'one\n1\n')
  const { execFileSync } = await import('node:child_process')
  t.is(
    String(
      execFileSync(process.execPath, [join(root, 'dist/bin/snap.js'), 'sql', '-', '-o', 'csv'], {
        cwd: folder,
        input: 'select 2 as two'
      })
    ),
    'two\n2\n'
  )
})

test('pack writes a snapshot of the archive folder, and says what', async (t) => {
  const { status, stdout, stderr } = await snap(folder, [
    'pack',
    '2026-11-22',
    'x.tar.gz',
    '--archive',
    join(root, 'snapshots')
  ])
  t.is(status, 0, stderr)
  t.is(stdout, '')
  t.regex(stderr, /^x\.tar\.gz: written, \d+ bytes, holds 2026-11-22T12-00-00Z\n$/)
  t.regex((await snap(folder, ['import', 'x.tar.gz'])).stderr, /2026-11-22T12-00-00Z: already in the store/)
})

for (const [format, first] of [
  ['csv', 'node,ready'],
  ['json', '['],
  ['jsonl', '{"node":"kube-master"'],
  ['markdown', '| node | ready |'],
  ['table', 'node']
] as const) {
  test(`sql prints ${format}`, async (t) => {
    const { status, stdout } = await snap(folder, [
      'sql',
      'select node, ready from nodes order by 1',
      '-s',
      'latest',
      '-o',
      format
    ])
    t.is(status, 0)
    t.true(stdout.startsWith(first), stdout.slice(0, 60))
  })
}

test('schema describes every table and column', async (t) => {
  const tables = JSON.parse((await snap(folder, ['schema', '-o', 'json'])).stdout) as { table: string; what: string }[]
  for (const name of [
    'snapshots',
    'nodes',
    'namespaces',
    'services',
    'service_ports',
    'endpoints',
    'pods',
    'containers',
    'listeners',
    'chains',
    'rules',
    'issues'
  ]) {
    t.true(
      tables.some(({ table }) => table === name),
      name
    )
    const columns = JSON.parse((await snap(folder, ['schema', name, '-o', 'json'])).stdout) as {
      column: string
      meaning: string
    }[]
    t.deepEqual(
      columns.filter(({ meaning }) => meaning === ''),
      [],
      `undescribed columns of ${name}`
    )
  }
})

test('a closed pipe ends quietly', async (t) => {
  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, [join(root, 'dist/bin/snap.js'), 'sql', 'select * from rules', '-o', 'jsonl'], {
    cwd: folder
  })
  let errors = ''
  child.stderr.on('data', (chunk) => (errors += chunk))
  child.stdout.once('data', () => child.stdout.destroy())
  await new Promise((resolve) => child.once('close', resolve))
  t.is(errors, '')
})
