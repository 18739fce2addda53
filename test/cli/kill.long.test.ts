/**
 * kill -9 at random instants of collect, import and prune, then the same command again to its end: archive and store are those of an
 * undisturbed run, byte for byte where time does not enter. SNAP_KILLS: how often each (a few without), SNAP_SEED: which instants.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { randomStream } from '../../scripts/bench/random.ts'
import { openSnapshot } from '../../src/archive/open.ts'
import { loadSqlite } from '../../src/store/sqlite.ts'
import { startApiServer } from '../api-server/server.ts'
import {
  execIn,
  hasKubectl,
  nodePrograms,
  objects,
  temporary,
  withAgents,
  writeKubeconfig
} from '../collect/cluster-fixture.ts'
import { root, snap } from '../support/cli.ts'

const KILLS = Number(process.env.SNAP_KILLS ?? 4)
const SEED = Number(process.env.SNAP_SEED ?? 1)
const test = anyTest.serial
const withKubectl = (hasKubectl ? anyTest.serial : anyTest.serial.skip) as TestFn

/** Runs a command and kills it after so long, or once something is so. Returns whether it was still running. */
function killed(folder: string, args: readonly string[], when: number | (() => boolean)): Promise<boolean> {
  const child = spawn(process.execPath, [join(root, 'dist/bin/snap.js'), ...args], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, TZ: 'UTC' }
  })
  const timer =
    typeof when === 'number'
      ? setTimeout(() => child.kill('SIGKILL'), when)
      : setInterval(() => when() && child.kill('SIGKILL'), 1)
  return new Promise((resolve) =>
    child.on('close', (_, signal) => {
      clearInterval(timer)
      resolve(signal === 'SIGKILL')
    })
  )
}

/** A manifest is begun in a snapshot that is not finished: an instant too short to be met by chance. */
function isManifestBegun(archive: string): boolean {
  return readdirSync(archive).some(
    (name) => name.startsWith('.partial-') && existsSync(join(archive, name, 'manifest.json'))
  )
}

async function timed(
  run: () => Promise<{ readonly status: number; readonly stderr: string }>,
  t: ExecutionContext
): Promise<number> {
  const begun = Date.now()
  const { status, stderr } = await run()
  t.is(status, 0, stderr)
  return Date.now() - begun
}

/** Instants over the whole of a run, from the same seed the same. */
function instants(longestMs: number, of: string): number[] {
  const next = randomStream(SEED * 1000 + of.length)
  return Array.from({ length: KILLS }, () => next() * longestMs)
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .toSorted()
}

function hash(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}

/** A tree as it stands: each file with the hash of its bytes. */
function tree(folder: string): string[] {
  return files(folder).map((path) => `${path} ${hash(readFileSync(join(folder, path)))}`)
}

/** A snapshot without its times, and without the kernel's own counts. */
function timeless(folder: string): string[] {
  return files(folder).flatMap((path) => {
    const bytes = readFileSync(join(folder, path))
    if (/sysctls/.test(path)) return [path]
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')
    return [
      `${path} ${
        path === 'manifest.json'
          ? text
              .split('\n')
              .map((line) => (line.includes('sysctls') ? '' : line.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')))
              .join('\n')
          : text
      }`
    ]
  })
}

function snapshotsIn(archive: string): string[] {
  return readdirSync(archive)
    .filter((name) => !name.startsWith('.'))
    .toSorted()
}

withKubectl(`collect, ${KILLS} times`, async (t) => {
  const folder = await temporary(t)
  const path = nodePrograms(join(folder, 'bin'))
  const server = await startApiServer({ objects: withAgents(objects()), exec: (call) => execIn(path, call) })
  t.teardown(() => server.close())
  writeFileSync(
    join(folder, 'snap.yaml'),
    `collect:\n  kubeconfig: ${writeKubeconfig(folder, server)}\n  context: lab-admin\n  selector: app=agent\n  container: shell\n`
  )
  const archive = join(folder, 'snapshots')
  const collect = () => snap(folder, ['collect'])
  // Of two, the one that was not held up by what else the machine does.
  const usual = Math.min(await timed(collect, t), await timed(collect, t))
  const [first] = snapshotsIn(archive)
  const expected = timeless(join(archive, first!))
  let [caught, atManifest] = [0, false]
  for (const instant of [...instants(usual * 1.1, 'collect'), () => isManifestBegun(archive)]) {
    const after = typeof instant === 'number' ? `${instant} ms` : 'the manifest was begun'
    const before = new Map(snapshotsIn(archive).map((name) => [name, tree(join(archive, name))]))
    const wasKilled = await killed(folder, ['collect'], instant)
    if (typeof instant !== 'number') atManifest = wasKilled
    else if (wasKilled) caught++
    for (const [name, was] of before) t.deepEqual(tree(join(archive, name)), was, `earlier snapshot after ${after}`)
    for (const name of snapshotsIn(archive)) {
      const { manifest, read } = await openSnapshot(join(archive, name))
      for (const item of manifest.items) if (item.path !== null) await read(item)
    }
    await timed(collect, t)
    t.deepEqual(
      readdirSync(archive).filter((name) => name.startsWith('.')),
      [],
      `left after ${after}`
    )
    for (const name of snapshotsIn(archive))
      t.deepEqual(timeless(join(archive, name)), expected, `${name} after ${after}`)
    const kept = snapshotsIn(archive).slice(0, 2)
    for (const name of snapshotsIn(archive)) if (!kept.includes(name)) rmSync(join(archive, name), { recursive: true })
    // No kubectl of this test's outlives the snap that started it.
    while (spawnSync('pgrep', ['-f', `kubectl.*${folder}`]).status === 0)
      await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.log(`${caught} of ${KILLS} at random instants, ${atManifest ? '' : 'not '}while the manifest was written`)
  t.true(caught > 0, `${caught} of ${KILLS} were killed before their end`)
})

/** All rows of all tables, but for the times of import and the seals over these. */
function rows(store: string): string[] {
  const database = new (loadSqlite())(store, { readonly: true })
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
      .pluck()
      .all() as string[]
    return tables.flatMap((table) =>
      (database.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[])
        .map(
          ({ imported_at: _, seal: __, ...row }) =>
            `${table} ${JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`
        )
        .sort()
    )
  } finally {
    database.close()
  }
}

/** A folder with the samples as its archive. */
async function withSamples(t: ExecutionContext): Promise<string> {
  const folder = await temporary(t)
  mkdirSync(join(folder, 'snapshots'))
  for (const name of readdirSync(join(root, 'snapshots')).filter((each) => !each.endsWith('.txt'))) {
    cpSync(join(root, 'snapshots', name), join(folder, 'snapshots', name), { recursive: true })
  }
  return folder
}

test(`import, ${KILLS} times`, async (t) => {
  const folder = await withSamples(t)
  const store = (name: string) => ['import', '--store', name]
  const longest = await timed(() => snap(folder, store('whole.db')), t)
  const expected = rows(join(folder, 'whole.db'))
  for (const [number, after] of instants(longest * 1.1, 'import').entries()) {
    const name = `${number}.db`
    await killed(folder, store(name), after)
    await timed(() => snap(folder, store(name)), t)
    t.deepEqual(rows(join(folder, name)), expected, `after ${after} ms`)
    t.is((await snap(folder, ['fsck', '--store', name])).status, 0, `fsck after ${after} ms`)
    await timed(() => snap(folder, ['fsck', '--store', name]), t)
    for (const file of readdirSync(folder)) if (file.startsWith(name)) rmSync(join(folder, file))
  }
})

test(`prune, ${KILLS} times`, async (t) => {
  const start = await withSamples(t)
  await timed(() => snap(start, ['import']), t)
  const prune = ['prune', '--keep', '1 latest']
  const again = async (): Promise<string> => {
    const folder = await temporary(t)
    cpSync(start, folder, { recursive: true })
    return folder
  }
  const whole = await again()
  const longest = await timed(() => snap(whole, prune), t)
  const [archive, expected] = [tree(join(whole, 'snapshots')), rows(join(whole, 'snap.db'))]
  for (const after of instants(longest * 1.1, 'prune')) {
    const folder = await again()
    await killed(folder, prune, after)
    for (const name of snapshotsIn(join(folder, 'snapshots')))
      await t.notThrowsAsync(openSnapshot(join(folder, 'snapshots', name)), relative(start, name))
    await timed(() => snap(folder, prune), t)
    t.deepEqual(tree(join(folder, 'snapshots')), archive, `archive after ${after} ms`)
    t.deepEqual(rows(join(folder, 'snap.db')), expected, `store after ${after} ms`)
    t.is((await snap(folder, ['fsck'])).status, 0, `fsck after ${after} ms`)
    await timed(() => snap(folder, ['fsck']), t)
    rmSync(folder, { recursive: true })
  }
})
