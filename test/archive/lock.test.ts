import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { lockCluster } from '../../src/archive/lock.ts'
import { lifeOf, type Owner, readOwner, thisOwner } from '../../src/archive/owner.ts'

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'snap-lock-'))
  t.teardown(() => rm(path, { recursive: true, force: true }))
  return path
}

const NOW = new Date('2026-11-22T10:00:00Z')

test('one at a time, told by whom; two clusters do not meet; released it is gone', async (t) => {
  const root = await folder(t)
  const lock = await lockCluster(root, 'lab', NOW)
  t.is((await stat(join(root, '.lock-lab'))).mode & 0o777, 0o600)
  await t.throwsAsync(lockCluster(root, 'lab', NOW), {
    name: 'LockedError',
    message: `cluster lab is being collected since 2026-11-22T10:00:00.000Z by process ${process.pid} on ${hostname()}`
  })
  await (await lockCluster(root, 'other/lab', NOW)).release()
  await lock.release()
  t.deepEqual(await readdir(root), [])
  await (await lockCluster(root, 'lab', NOW)).release()
})

test('names that read alike as file names are two locks', async (t) => {
  const root = await folder(t)
  await lockCluster(root, 'a/b', NOW)
  await t.notThrowsAsync(lockCluster(root, 'a:b', NOW))
})

const dead: [title: string, change: (owner: Owner) => object | string][] = [
  ['of a process that is gone', (owner) => ({ ...owner, pid: 2 ** 22 + 1 })],
  ['of a process whose number another has now', (owner) => ({ ...owner, processStart: '1' })],
  ['of before the machine was started', (owner) => ({ ...owner, boot: '11111111-2222-3333-4444-555555555555' })],
  ['that its writer did not finish', () => '{"pid":'],
  ['that is empty', () => '']
]
for (const [title, change] of dead) {
  test(`a lock ${title} is taken over`, async (t) => {
    const root = await folder(t)
    const owner = change(thisOwner(NOW))
    await writeFile(join(root, '.lock-lab'), typeof owner === 'string' ? owner : JSON.stringify(owner))
    const lock = await lockCluster(root, 'lab', NOW)
    t.is(readOwner(await readFile(join(root, '.lock-lab'), 'utf8'))!.pid, process.pid)
    t.deepEqual(await readdir(root), ['.lock-lab'])
    await lock.release()
  })
}

test("another machine's lock is left alone, and what to do is said", async (t) => {
  const root = await folder(t)
  await writeFile(join(root, '.lock-lab'), JSON.stringify({ ...thisOwner(NOW), host: 'elsewhere' }))
  await t.throwsAsync(lockCluster(root, 'lab', NOW), {
    message: /by process \d+ on elsewhere; should it have died there, remove .*\.lock-lab$/
  })
})

test('of many that find a dead lock at once, one gets it', async (t) => {
  const root = await folder(t)
  await writeFile(join(root, '.lock-lab'), JSON.stringify({ ...thisOwner(NOW), pid: 2 ** 22 + 1 }))
  const module = new URL('../../src/archive/lock.js', import.meta.url).href
  const program = `const { lockCluster } = await import(${JSON.stringify(module)})
    try { await lockCluster(${JSON.stringify(root)}, 'lab', new Date()); console.log('mine'); setTimeout(() => {}, 600000) } catch (error) { console.log(error.name) }`
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  )
  t.teardown(() => children.forEach((child) => child.kill('SIGKILL')))
  const said = await Promise.all(
    children.map(
      (child) =>
        new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())))
    )
  )
  t.deepEqual(said.toSorted(), ['LockedError', 'LockedError', 'LockedError', 'LockedError', 'LockedError', 'mine'])
})

test('what a crash left in the middle of a takeover is passed over after a minute', async (t) => {
  const root = await folder(t)
  await writeFile(join(root, '.lock-lab'), '')
  await writeFile(join(root, '.lock-lab.takeover'), '')
  await t.throwsAsync(lockCluster(root, 'lab', NOW), { name: 'LockedError' })
  await utimes(join(root, '.lock-lab.takeover'), new Date(0), new Date(0))
  await t.notThrowsAsync(lockCluster(root, 'lab', NOW))
})

test('a process that runs is known to', async (t) => {
  const child = spawn('sleep', ['600'])
  t.teardown(() => child.kill())
  t.is(lifeOf(thisOwner(NOW)), 'runs')
  t.is(lifeOf({ ...thisOwner(NOW), pid: child.pid! }), 'ended', "another process' start")
})

test('a pipe in the place of a lock is refused at once, and left', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'snap-lock-'))
  execFileSync('mkfifo', [join(folder, '.lock-lab')])
  await t.throwsAsync(lockCluster(folder, 'lab', new Date()), { message: /it is a FIFO, not a file; remove it/ })
  t.deepEqual(await readdir(folder), ['.lock-lab'])
})
