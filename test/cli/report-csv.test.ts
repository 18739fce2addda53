import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { importedSamples, snap } from '../support/cli.ts'

const [FIRST, SECOND] = ['2026-11-22T12-00-00Z', '2026-11-23T12-00-00Z'] as const

const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')

test('the tables, the flows, the findings, and what changed since the report that the folder holds', async (t) => {
  const folder = await importedSamples()
  const audit = join(folder, 'audit')
  const report = async (...args: string[]) =>
    t.is((await snap(folder, ['report', '--csv', 'audit', ...args])).status, 0)

  await report('-s', FIRST)
  t.deepEqual(read(audit, 'report.csv'), ['snapshot,since', `${FIRST},`])
  t.true(read(audit, 'flows.csv').length > 2)
  t.regex(read(audit, 'changes.csv')[1]!, /^unknown,.*there is no snapshot before it; name one with --since/)

  await report('-s', SECOND)
  t.deepEqual(read(audit, 'report.csv'), ['snapshot,since', `${SECOND},${FIRST}`])
  const changes = read(audit, 'changes.csv')
  const [, ...wanted] = (await snap(folder, ['diff', FIRST, SECOND, '-o', 'csv'])).stdout.trimEnd().split('\n')
  t.deepEqual(changes.slice(1), wanted)

  // The same report again is the same bytes.
  const bytes = () => readdirSync(audit).map((file) => [file, readFileSync(join(audit, file), 'utf8')])
  const before = bytes()
  await report('-s', SECOND)
  t.deepEqual(bytes(), before)

  await report('-s', SECOND, '--since', SECOND)
  t.is(read(audit, 'changes.csv').length, 1)
})

test('a folder without an earlier report is compared with the snapshot before, and report.csv says so', async (t) => {
  const folder = await importedSamples()
  t.is((await snap(folder, ['report', '--csv', 'audit', '-s', SECOND])).status, 0)
  t.deepEqual(read(join(folder, 'audit'), 'report.csv'), ['snapshot,since', `${SECOND},${FIRST}`])
  const [, ...wanted] = (await snap(folder, ['diff', FIRST, SECOND, '-o', 'csv'])).stdout.trimEnd().split('\n')
  t.deepEqual(read(join(folder, 'audit'), 'changes.csv').slice(1), wanted)
})
