/** What a terminal sees, through a pseudo-terminal of script(1): progress that leaves nothing behind, colours, and pipes that close early. */

import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'ava'
import { isColoured } from '../../src/cli/terminal/colour.ts'
import { coloured } from '../../src/report/format/colour.ts'
import { importedSamples, root, snap } from '../support/cli.ts'

let folder: string
test.before(async () => {
  folder = await importedSamples()
})

function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    return false
  }
}

const onTerminal = hasScript() ? test : test.skip

/** All that snap writes to a terminal of 100 columns, byte for byte. */
function typescript(command: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const line = `stty cols 100; exec ${process.execPath} ${join(root, 'dist/bin/snap.js')} ${command}`
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, TERM: 'xterm', ...env }, maxBuffer: 2 ** 26 }
    execFile('script', ['-qec', line, '/dev/null'], options, (_error, stdout) =>
      resolve(stdout.replaceAll('\r\n', '\n'))
    )
  })
}

/** What is left to be seen: each line as it was last drawn. */
function screen(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\r').at(-1)!.replaceAll('\x1b[K', ''))
    .join('\n')
}

/** About two seconds, in which SQLite lets nothing else run. */
const SLOW =
  'with recursive c(x) as (select 1 union all select x + 1 from c where x < 12000000) select max(x) as x from c'

onTerminal('what takes longer than a second says what it does, and leaves nothing behind', async (t) => {
  const written = await typescript(`sql "${SLOW}"`)
  t.regex(written, /\r\x1b\[Krunning the statement … 1 s/)
  t.is(screen(written), 'x       \n12000000\n'.replace('x       ', '       x'))
})

onTerminal('what is quick says nothing', async (t) => {
  t.is(await typescript('sql "select 1 as x"'), 'x\n1\n')
})

test('a log of cron holds no progress', async (t) => {
  t.deepEqual(await snap(folder, ['sql', SLOW]), { status: 0, stdout: '       x\n12000000\n', stderr: '' })
})

onTerminal('colours on a terminal, unless they are not wanted', async (t) => {
  const diff = 'diff latest~1 latest --rules'
  t.regex(await typescript(diff), /\x1b\[3[0-9]m/)
  t.notRegex(await typescript(diff, { NO_COLOR: '1', CLICOLOR_FORCE: '1' }), /\x1b\[3[0-9]m/)
  t.notRegex(await typescript(`${diff} --color never`), /\x1b\[3[0-9]m/)
})

test('none in a pipe, unless they are asked for', async (t) => {
  const diff = ['diff', 'latest~1', 'latest', '--rules']
  const plain = (await snap(folder, diff)).stdout
  t.notRegex(plain, /\x1b/)
  const forced = (await snap(folder, [...diff, '--color=always'])).stdout
  t.regex(forced, /\x1b\[3/)
  t.is(forced.replaceAll(/\x1b\[[\d;]*m/g, ''), plain)
  t.notRegex((await snap(folder, [...diff, '-o', 'csv', '--color=always'])).stdout, /\x1b/)
})

const ENVIRONMENTS: [env: NodeJS.ProcessEnv, isTerminal: boolean, colours: boolean][] = [
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ CLICOLOR_FORCE: '1' }, false, true],
  [{ CLICOLOR_FORCE: '0' }, false, false],
  [{ NO_COLOR: '1', CLICOLOR_FORCE: '1' }, true, false],
  [{ CLICOLOR: '0' }, true, false],
  [{ TERM: 'dumb' }, true, false]
]
for (const [env, isTerminal, colours] of ENVIRONMENTS) {
  test(`${JSON.stringify(env)} ${isTerminal ? 'on a terminal' : 'in a pipe'}`, (t) =>
    t.is(isColoured(env, isTerminal), colours))
}

test('colour is sparing: severities, + and −, the odd node', (t) => {
  const marked = (text: string) => coloured(text).replaceAll(/\x1b\[[\d;]*m/g, '|')
  t.is(marked('ERROR  X  a title'), '||ERROR||  X  a title')
  t.is(marked('    + -A X -j ACCEPT\n    − :X - [0:0]'), '|    + -A X -j ACCEPT|\n|    − :X - [0:0]|')
  t.is(
    marked('goes to 3 endpoints only on kube-worker2: + 10.0.0.1'),
    'goes to 3 endpoints |only on kube-worker2|: + 10.0.0.1'
  )
  t.is(marked('  an ERROR in a text'), '  an ERROR in a text')
})

test('a pipe that closes early ends it quietly', async (t) => {
  const run = (command: string) =>
    execFileSync(
      'bash',
      ['-c', `set -o pipefail; ${process.execPath} ${join(root, 'dist/bin/snap.js')} ${command} 2>&1 | head -n 1`],
      { cwd: folder, encoding: 'utf8' }
    )
  for (const command of [
    'sql "select * from rules"',
    'get rules -o jsonl 2>/dev/null',
    'rules --node kube-master',
    'log node/kube-master'
  ])
    t.is(run(command).trim().split('\n').length, 1, command)
})
