import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Case, Outcome } from './bench/case.ts'
import { cases } from './bench/cases.ts'
import { G } from './bench/services.ts'

// npm run bench [-- [--days 365] [--nodes 1000] CASE…]: what import, diff and the store cost, against well-known tools
// that run on the same input in the same minute. All inputs are made here. See docs/benchmarks.md.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { days: { type: 'string', default: '15' }, nodes: { type: 'string', default: '20' } }
})

const unknown = positionals.filter((name) => !cases.some((entry) => entry.name === name))
if (unknown.length > 0) {
  console.error(`bench: no case ${unknown.join(', ')}; there are ${cases.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'snap-bench-'))
try {
  const setting = { folder, size: G, days: Number(values.days), nodes: Number(values.nodes) }
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}; ${setting.days} days, ${setting.nodes} nodes\n`
  )
  console.log('| case | what | against | snap | other | ratio | floor | aim | peak memory (≤ 700 MB, aim ≤ 350 MB) |')
  console.log('|---|---|---|---|---|---|---|---|---|')
  for (const entry of cases.filter(({ name }) => positionals.length === 0 || positionals.includes(name)))
    console.log(line(entry, await entry.run(setting)))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function line({ name, what, against, floor, aim }: Case, { ours, theirs, unit, memory }: Outcome): string {
  const amount = (value: number) =>
    unit === 'bytes' ? `${Math.round(value / 1000)} kB` : `${value.toFixed(2)} ${unit}`
  const ratio = ours / theirs
  const limit = (value: number | undefined) => (value === undefined ? '' : `≤ ${value}${ratio <= value ? ' ✓' : ''}`)
  return `| ${name} | ${what} | ${against} | ${amount(ours)} | ${amount(theirs)} | ${ratio.toPrecision(3)} | ${limit(floor)} | ${limit(aim)} | ${memoryText(Math.round(memory / 1e6))} |`
}

function memoryText(megabytes: number): string {
  return `${megabytes} MB${megabytes <= 350 ? ' ✓✓' : megabytes <= 700 ? ' ✓' : ''}`
}
