import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import test from 'ava'

/** The path of the data. A step may use the steps before it and the files that stand in `src` itself, and nothing after it. */
const STEPS = ['collect', 'archive', 'parse', 'model', 'store', 'ask', 'report', 'cli']

/** Node's own modules that only the edges may use: what is pure gets its files, times and processes as arguments. */
const IMPURE = /^node:(fs|child_process|http|https|dns|os|process|worker_threads)/
const PURE = ['parse', 'model']

interface Use {
  readonly file: string
  readonly step: string
  readonly module: string
}

const uses = sourceFiles().flatMap((file) =>
  importsOf(file).map((module): Use => ({ file, step: stepOf(file), module }))
)

test('a step of src uses only the steps before it', (t) => {
  const backwards = uses.filter(({ file, step, module }) => {
    if (!module.startsWith('.')) return false
    const used = stepOf(normalize(join(dirname(file), module)))
    return STEPS.includes(used) && STEPS.indexOf(used) > STEPS.indexOf(step)
  })
  t.deepEqual(backwards, [])
})

test('parsers and the model touch no file, process or database', (t) => {
  const impure = uses.filter(
    ({ step, module }) => PURE.includes(step) && (IMPURE.test(module) || module.startsWith('better-sqlite3'))
  )
  t.deepEqual(impure, [])
})

test('every folder of src is a step', (t) => {
  const folders = readdirSync('src', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  t.deepEqual(folders.sort(), [...STEPS].sort())
})

function sourceFiles(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join('src', path))
}

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, module]) => module ?? '')
}

/** '' for the files that stand in `src` itself. */
function stepOf(file: string): string {
  const [step = '', ...rest] = relative('src', file).split('/')
  return rest.length === 0 ? '' : step
}
