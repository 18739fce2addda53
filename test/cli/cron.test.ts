/** `snap collect` as cron runs it: quiet, one at a time, with import, check, prune and metrics in the same run, and whatever interrupts it. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { thisOwner } from '../../src/archive/owner.ts'
import type { ExecHandler } from '../api-server/exec.ts'
import { type ApiServer, startApiServer } from '../api-server/server.ts'
import {
  execIn,
  hasKubectl,
  nodePrograms,
  objects,
  temporary,
  withAgents,
  writeKubeconfig
} from '../collect/cluster-fixture.ts'
import { type CommandResult, root, snap } from '../support/cli.ts'

const test = (hasKubectl ? anyTest.serial : anyTest.serial.skip) as TestFn

interface Setting {
  readonly folder: string
  readonly server: ApiServer
  readonly collect: (...more: string[]) => Promise<CommandResult>
  readonly config: string
}

async function setting(t: ExecutionContext, exec?: (usual: ExecHandler) => ExecHandler): Promise<Setting> {
  const folder = await temporary(t)
  const path = nodePrograms(join(folder, 'bin'))
  const usual: ExecHandler = (call) => execIn(path, call)
  const server = await startApiServer({ objects: withAgents(objects()), exec: exec?.(usual) ?? usual })
  t.teardown(() => server.close())
  const config = join(folder, 'snap.yaml')
  writeFileSync(
    config,
    `collect:\n  kubeconfig: ${writeKubeconfig(folder, server)}\n  context: lab-admin\n  selector: app=agent\n  container: shell\n  pods: none\n  retries: 0\n`
  )
  return { folder, server, config, collect: (...more) => snap(folder, ['collect', ...more]) }
}

function snapshots(folder: string): string[] {
  return readdirSync(join(folder, 'snapshots')).toSorted()
}

test("nothing is printed when all is well; folders and files are their owner's", async (t) => {
  const { folder, collect } = await setting(t)
  t.deepEqual(await collect(), { status: 0, stdout: '', stderr: '' })
  const [name, ...others] = snapshots(folder)
  t.deepEqual(others, [])
  for (const entry of readdirSync(join(folder, 'snapshots', name!), { recursive: true, encoding: 'utf8' })) {
    const { mode } = statSync(join(folder, 'snapshots', name!, entry))
    t.is(mode & 0o777, (mode & 0o170000) === 0o040000 ? 0o700 : 0o600, entry)
  }
})

test('import, check and prune in the same run; findings are printed and exit with 1', async (t) => {
  const { folder, collect } = await setting(t)
  mkdirSync(join(folder, 'snapshots'))
  for (const hour of ['01', '02']) mkdirSync(join(folder, `snapshots/2020-01-01T${hour}-00-00Z`))
  const { status, stdout, stderr } = await collect('--import', '--keep', '1 latest')
  t.is(status, 2, "two of the archive's are no snapshots")
  t.regex(stderr, /2020-01-01T01-00-00Z: no manifest\.json/)
  t.is(stdout, '')
  t.is(snapshots(folder).length, 1, 'the oldest went')
  const checked = await collect('--check', '--fail-on', 'warn')
  t.is(checked.status, 1, checked.stderr)
  t.regex(checked.stdout, /^(ERROR|WARN)/)
  t.deepEqual(await collect('--check', '--fail-on', 'none'), { status: 0, stdout: '', stderr: '' })
  t.regex((await snap(folder, ['list'])).stdout, new RegExp(snapshots(folder).at(-1)!))
})

test('some items failed: 3 and one line; nothing could be read: 2 and one line', async (t) => {
  const { collect, server } = await setting(
    t,
    (usual) => (call) =>
      call.pod === 'agent-kube-worker2' ? { failure: 'container not found ("shell")' } : usual(call)
  )
  const partial = await collect()
  t.is(partial.status, 3)
  t.regex(partial.stderr, /^snapshots\/\S+: 7 of \d+ items failed: .*container not found \("shell"\)\n$/)
  await server.close()
  const nothing = await collect()
  t.is(nothing.status, 2)
  t.regex(
    nothing.stderr,
    /^snap: collect: nothing could be read, no snapshot was written: the API server was not reached: .*refused\n$/
  )
})

test('a run that finds another one exits with 75, and leaves it and its metrics alone', async (t) => {
  const { folder, collect } = await setting(t)
  mkdirSync(join(folder, 'snapshots'))
  writeFileSync(join(folder, 'snapshots/.lock-lab'), JSON.stringify(thisOwner(new Date())))
  const { status, stdout, stderr } = await collect('--textfile', 'snap.prom')
  t.is(status, 75)
  t.is(stdout, '')
  t.regex(stderr, new RegExp(`^snap: cluster lab is being collected since \\S+ by process ${process.pid} on .*\n$`))
  t.deepEqual(snapshots(folder), ['.lock-lab'])
  t.false(existsSync(join(folder, 'snap.prom')))
})

test('metrics: a failed run keeps the times of the last good one', async (t) => {
  const { folder, collect, server } = await setting(t)
  const file = join(folder, 'snap.prom')
  const value = (name: string) =>
    Number(new RegExp(`^${name}{cluster="lab"[^}]*} (\\S+)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1])
  t.is((await collect('--textfile', 'snap.prom')).status, 0)
  const first = value('snap_last_snapshot_timestamp_seconds')
  t.true(Math.abs(first - Date.now() / 1000) < 600)
  t.is(value('snap_last_whole_snapshot_timestamp_seconds'), first)
  t.is(value('snap_run_exit_status'), 0)
  t.is(value('snap_run_completeness_ratio'), 1)
  t.regex(readFileSync(file, 'utf8'), /^snap_run_nodes{cluster="lab",state="whole"} 3$/m)
  t.is(statSync(file).mode & 0o777, 0o644)
  await server.close()
  t.is((await collect('--textfile', 'snap.prom')).status, 2)
  t.is(value('snap_last_whole_snapshot_timestamp_seconds'), first)
  t.is(value('snap_last_snapshot_timestamp_seconds'), first)
  t.is(value('snap_run_exit_status'), 2)
  t.is(value('snap_run_completeness_ratio'), 0)
  t.deepEqual(
    readdirSync(folder).filter((name) => name.includes('.tmp')),
    []
  )
})

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129]
] as const) {
  test(`${signal} in the middle: children end, what was written goes, exit ${code}`, async (t) => {
    let inside: () => void
    const reached = new Promise<void>((resolve) => (inside = resolve))
    const { folder } = await setting(t, () => () => {
      inside()
      return new Promise(() => {})
    })
    const child = spawn(process.execPath, [join(root, 'dist/bin/snap.js'), 'collect', '--textfile', 'snap.prom'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    await reached
    child.kill(signal)
    t.is(await new Promise((resolve) => child.on('close', resolve)), code)
    t.is(stderr, `snap: interrupted by ${signal}; no snapshot was written, earlier ones are as they were\n`)
    t.deepEqual(snapshots(folder), [])
    t.regex(
      readFileSync(join(folder, 'snap.prom'), 'utf8'),
      new RegExp(`^snap_run_exit_status{cluster="lab"} ${code}$`, 'm')
    )
  })
}

test('access that is lost empties nothing: a run that reads the version alone is none, one that reads little pushes nothing out', async (t) => {
  const refused = { code: 403, message: 'forbidden' }
  const refuse: Record<string, { code: number; message: string }> = {}
  const folder = await temporary(t)
  const path = nodePrograms(join(folder, 'bin'))
  const server = await startApiServer({ objects: withAgents(objects()), exec: (call) => execIn(path, call), refuse })
  t.teardown(() => server.close())
  const access = ['--kubeconfig', writeKubeconfig(folder, server), '--context', 'lab-admin', '--retries', '0']
  const run = () =>
    snap(folder, [
      'collect',
      ...access,
      '--selector',
      'app=agent',
      '--container',
      'shell',
      '--pods',
      'none',
      '--keep',
      '2 latest',
      '--import'
    ])
  t.is((await run()).status, 0)
  t.is((await run()).status, 0)
  const good = snapshots(folder)
  t.is(good.length, 2)
  for (const plural of Object.keys(objects())) refuse[plural] = refused
  for (let count = 0; count < 2; count++) {
    const { status, stderr } = await run()
    t.is(status, 2, stderr)
    t.regex(stderr, /^snap: collect: nothing could be read, no snapshot was written: 403 Forbidden: forbidden/)
  }
  t.deepEqual(snapshots(folder), good)
  // Namespaces may be listed again: that is a snapshot, and it knows less.
  delete refuse['namespaces']
  for (let count = 0; count < 3; count++) t.is((await run()).status, 3)
  const left = snapshots(folder)
  t.deepEqual(left.slice(0, 2), good)
  t.is(left.length, 4)
  const listed = await snap(folder, ['list', '-o', 'json'])
  t.is(JSON.parse(listed.stdout).length, 4)
})
