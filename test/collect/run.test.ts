import { spawn, spawnSync } from 'node:child_process'
import test from 'ava'
import { eachBounded } from '../../src/collect/bounded.ts'
import type { RunOptions, RunResult } from '../../src/collect/ports.ts'
import { run as stream } from '../../src/collect/run.ts'

const WELL = { timeoutMs: 60_000 }

/** All that a program prints. */
async function run(argv: readonly string[], options: RunOptions): Promise<RunResult & { stdout: Buffer }> {
  const chunks: Buffer[] = []
  const result = await stream(argv, options, async (stdout) => {
    for await (const chunk of stdout) chunks.push(chunk)
  })
  return { ...result, stdout: Buffer.concat(chunks) }
}

test('stdout, stderr and exit code of a program', async (t) => {
  t.deepEqual(await run(['sh', '-c', 'echo out; echo err >&2; exit 3'], WELL), {
    exitCode: 3,
    stdout: Buffer.from('out\n'),
    stderr: 'err\n',
    failure: null
  })
})

test('words reach the program as they stand: no shell reads them', async (t) => {
  const words = ['$(id)', '; id', '`id`', '*', 'a b', '"', "'", '--', '']
  const { stdout } = await run(['printf', '%s\\n', ...words], WELL)
  t.is(stdout.toString(), words.map((word) => `${word}\n`).join(''))
})

test('stdin is given, and may be left unread', async (t) => {
  t.is((await run(['cat'], { ...WELL, stdin: 'x'.repeat(300_000) })).stdout.length, 300_000)
  t.is((await run(['true'], { ...WELL, stdin: 'x'.repeat(3_000_000) })).exitCode, 0)
  t.is((await run(['cat'], WELL)).stdout.length, 0)
})

test('a program that is not there is a failure, no exit code', async (t) => {
  t.like(await run(['no-such-program-here'], WELL), {
    exitCode: null,
    failure: 'no-such-program-here: no such program'
  })
  t.like(await run(['/'], WELL), { exitCode: null, failure: '/ cannot be run (EACCES)' })
})

test('a program that does not end is ended, even if it will not, and what it held open is let go', async (t) => {
  const stubborn = await run(
    ['sh', '-c', 'trap "" TERM; echo begun; (trap "" TERM; sleep 8) & while :; do sleep 1; done'],
    { timeoutMs: 300 }
  )
  t.like(stubborn, { exitCode: null, failure: 'no end within 0.3 s' })
  t.is(stubborn.stdout.toString(), 'begun\n')
})

test('a program ended by a signal has no exit code', async (t) => {
  t.like(await run(['sh', '-c', 'kill -KILL $$'], WELL), { exitCode: null, failure: 'ended by SIGKILL' })
})

test('no more run at a time than allowed, and all run', async (t) => {
  let [now, most] = [0, 0]
  const done: number[] = []
  await eachBounded([1, 2, 3, 4, 5, 6, 7], 3, async (value) => {
    most = Math.max(most, ++now)
    await new Promise((resolve) => setImmediate(resolve))
    now--
    done.push(value)
  })
  t.is(most, 3)
  t.deepEqual(done.toSorted(), [1, 2, 3, 4, 5, 6, 7])
  await t.notThrowsAsync(eachBounded([], 3, async () => t.fail()))
  await t.throwsAsync(
    eachBounded([1], 3, async () => {
      throw new Error('x')
    }),
    { message: 'x' }
  )
})

test('a reader that has seen enough ends the program, and one that throws is heard', async (t) => {
  t.like(
    await stream(['yes'], WELL, async (stdout) => {
      for await (const _ of stdout) return
    }),
    { exitCode: null, failure: 'ended, because its output was not what was expected' }
  )
  await t.throwsAsync(
    stream(['yes'], WELL, async () => {
      throw new Error('disk full')
    }),
    { message: 'disk full' }
  )
})

test('a signal ends a program, and its reason is told', async (t) => {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('the deadline is over')), 100)
  t.like(await run(['sleep', '600'], { ...WELL, signal: controller.signal }), {
    exitCode: null,
    failure: 'the deadline is over'
  })
  t.like(await run(['sleep', '600'], { ...WELL, signal: controller.signal }), {
    exitCode: null,
    failure: 'the deadline is over'
  })
})

test('a program and its children do not outlive snap, however that ends', async (t) => {
  const mark = `snap-leash-${process.pid}`
  const program = new URL('../../src/collect/run.js', import.meta.url)
  const snap = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `
    const { run } = await import(${JSON.stringify(program.href)})
    await run(['sh', '-c', 'sh -c "sleep 601; : ${mark}" & sleep 601; : ${mark}'], { timeoutMs: 600000 }, async (out) => { for await (const _ of out); })`
  ])
  const left = (): string =>
    spawnSync('pgrep', ['-f', `: ${mark}`])
      .stdout.toString()
      .split('\n')
      .filter((pid) => pid !== '' && pid !== String(snap.pid))
      .join(' ')
  while (left().split(' ').length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
  snap.kill('SIGKILL')
  while (left() !== '') await new Promise((resolve) => setTimeout(resolve, 20))
  t.is(left(), '')
})

test('after one that throws no other begins, and those under way end first', async (t) => {
  const ended: number[] = []
  await t.throwsAsync(
    eachBounded([1, 2, 3, 4], 2, async (value) => {
      if (value === 1) throw new Error('one')
      await new Promise((resolve) => setTimeout(resolve, 20))
      ended.push(value)
    }),
    { message: 'one' }
  )
  t.deepEqual(ended, [2])
})
