import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { loadChecks } from '../../../../src/ask/check/catalogue.ts'

test('every check has its faults', (t) => {
  const folder = new URL('.', import.meta.url)
  const suites = readdirSync(folder)
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n')
  const untested = loadChecks([]).filter(({ code }) => !suites.includes(`testFaults('${code}'`))
  t.deepEqual(
    untested.map(({ code }) => code),
    []
  )
})

test('the files of the catalogue are named by their codes, and say why and what to do', (t) => {
  for (const { code, file, explanation, source, needs } of loadChecks([])) {
    t.true(file.endsWith(`/${code.toLowerCase()}.sql`), file)
    t.true(explanation.length > 40, code)
    t.true(source.length > 0, code)
    t.true(needs.length > 0 || code === 'SNAP-INCOMPLETE', code)
  }
})
