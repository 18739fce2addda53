import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { importedSamples, snap } from '../support/cli.ts'

// One after another: what one test checks, the timeline of the next one's page shows.
let folder: string

test.before(async () => {
  folder = await importedSamples()
})

test.serial('the same store gives the same page, whatever stood in the file before', async (t) => {
  await snap(folder, ['report', '--html', 'one.html'])
  await writeFile(join(folder, 'elsewhere'), 'mine')
  await symlink('elsewhere', join(folder, 'two.html'))
  t.is((await snap(folder, ['report', '--html', 'two.html'])).status, 0)
  t.is(await readFile(join(folder, 'elsewhere'), 'utf8'), 'mine')
  t.false((await stat(join(folder, 'two.html'))).isSymbolicLink())
  t.is(await readFile(join(folder, 'one.html'), 'utf8'), await readFile(join(folder, 'two.html'), 'utf8'))
})

test.serial('the first snapshot has nothing to be compared with, and --since names another', async (t) => {
  const alone = await snap(folder, ['report', '--html', 'first.html', '-s', '2026-11-22'])
  t.regex(alone.stderr, /^first\.html: 2026-11-22T12-00-00Z, 39 Services, \d+ kB\n$/)
  t.regex(await readFile(join(folder, 'first.html'), 'utf8'), /There is no snapshot before this one to compare with/)
  const since = await snap(folder, ['report', '--html', 'since.html', '-s', '2026-11-22', '--since', 'latest'])
  t.regex(since.stderr, /2026-11-22T12-00-00Z compared with 2026-11-23T12-00-00Z/)
})

test.serial('what is checked is kept for the timeline, one run a snapshot and check', async (t) => {
  await snap(folder, ['check', 'SEP-STALE', '-s', '2026-11-22'])
  await snap(folder, ['check', 'SEP-STALE', '-s', '2026-11-22'])
  const { stdout } = await snap(folder, [
    'sql',
    "select snapshot, severity, findings, not_seen from check_runs where code = 'SEP-STALE' and snapshot like '2026-11-22%'",
    '-o',
    'csv'
  ])
  t.is(stdout, 'snapshot,severity,findings,not_seen\n2026-11-22T12-00-00Z,error,0,0\n')
})

test.serial('a check of the user is no run of ours', async (t) => {
  await mkdir(join(folder, 'own'))
  await writeFile(
    join(folder, 'own/sep-stale.sql'),
    "-- code: SEP-STALE\n-- severity: error\n-- title: mine\n-- fix: none\nSELECT 'x' AS object, 'y' AS message\n"
  )
  await snap(folder, ['check', 'SEP-STALE', '--checks', 'own', '-s', 'latest'])
  const { stdout } = await snap(folder, [
    'sql',
    "select findings from check_runs where code = 'SEP-STALE' and findings = 1",
    '-o',
    'csv'
  ])
  t.is(stdout, 'findings\n')
})

const mistakes: readonly { args: readonly string[]; stderr: RegExp }[] = [
  { args: ['report'], stderr: /^snap: report: write what\? give --html FILE or --csv DIR\n$/ },
  {
    args: ['report', '--html', 'nosuch/page.html'],
    stderr: /^snap: nosuch\/page\.html: cannot be written: .*\n$/
  },
  { args: ['report', '--html', 'page.html', '-s', '1999-01-01'], stderr: /^snap: .*1999/ }
]

for (const { args, stderr } of mistakes) {
  test.serial(`snap ${args.join(' ')}`, async (t) => {
    const result = await snap(folder, args)
    t.is(result.status, 2)
    t.is(result.stdout, '')
    t.regex(result.stderr, stderr)
  })
}

test.serial('a page over a folder leaves the folder', async (t) => {
  await mkdir(join(folder, 'taken'))
  const { status } = await snap(folder, ['report', '--html', 'taken'])
  t.is(status, 2)
  t.true((await stat(join(folder, 'taken'))).isDirectory())
  await chmod(join(folder, 'taken'), 0o755)
  await rm(join(folder, 'taken'), { recursive: true })
})
