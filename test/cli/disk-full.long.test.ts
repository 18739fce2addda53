/** A disk that is full at collect, import and prune (a small tmpfs of the test's own): an error, nothing lost, and it works again with space. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { openSnapshot } from '../../src/archive/open.ts'
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
import { importedSamples, root, snap } from '../support/cli.ts'

const MAY_MOUNT =
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/tmp']).status === 0
const test = (MAY_MOUNT ? anyTest.serial : anyTest.serial.skip) as TestFn
const withKubectl = (MAY_MOUNT && hasKubectl ? anyTest.serial : anyTest.serial.skip) as TestFn

async function smallDisk(t: ExecutionContext, size: string): Promise<string> {
  const folder = join(await temporary(t), 'disk')
  mkdirSync(folder)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'snap-test', folder]).status !== 0)
    throw new Error('no tmpfs')
  t.teardown(() => void spawnSync('umount', ['-l', folder]))
  return folder
}

/** Leaves so many bytes free. */
function fill(folder: string, free: number): void {
  const { bavail, bsize } = statfsSync(folder)
  writeFileSync(join(folder, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - free)))
}

async function allWhole(archive: string): Promise<string[]> {
  const names = readdirSync(archive)
    .filter((name) => !name.startsWith('.'))
    .toSorted()
  for (const name of names) {
    const { manifest, read } = await openSnapshot(join(archive, name))
    for (const item of manifest.items) if (item.path !== null) await read(item)
  }
  return names
}

withKubectl('collect', async (t) => {
  const disk = await smallDisk(t, '8m')
  const outside = await temporary(t)
  const path = nodePrograms(join(outside, 'bin'))
  const server = await startApiServer({ objects: withAgents(objects()), exec: (call) => execIn(path, call) })
  t.teardown(() => server.close())
  writeFileSync(
    join(outside, 'snap.yaml'),
    `archive: ${join(disk, 'snapshots')}\ncollect:\n  kubeconfig: ${writeKubeconfig(outside, server)}\n  context: lab-admin\n  selector: app=agent\n  container: shell\n`
  )
  const collect = () => snap(outside, ['collect'])
  t.is((await collect()).status, 0)
  for (const free of [0, 4096, 40_000, 100_000]) {
    fill(disk, free)
    const { status, stderr, stdout } = await collect()
    t.is(status, 2, `${free} free: ${stderr}`)
    t.regex(stderr, /^snap: .*no space left on device.*\n$/i)
    t.is(stdout, '')
    t.is((await allWhole(join(disk, 'snapshots'))).length, 1)
    rmSync(join(disk, 'ballast'))
    t.deepEqual(
      readdirSync(join(disk, 'snapshots')).filter((name) => name.startsWith('.')),
      []
    )
  }
  t.is((await collect()).status, 0)
  t.is((await allWhole(join(disk, 'snapshots'))).length, 2)
})

test('import and prune', async (t) => {
  const disk = await smallDisk(t, '40m')
  for (const name of readdirSync(join(root, 'snapshots')).filter((each) => !each.endsWith('.txt')))
    cpSync(join(root, 'snapshots', name), join(disk, 'snapshots', name), { recursive: true })
  const [first, second] = await allWhole(join(disk, 'snapshots'))
  t.is((await snap(disk, ['import', join('snapshots', first!)])).status, 0)
  const before = (await snap(disk, ['sql', 'select count(*) from rules', '-s', 'latest', '-o', 'csv'])).stdout
  for (const free of [0, 200_000]) {
    fill(disk, free)
    const { status, stderr } = await snap(disk, ['import'])
    t.is(status, 2, stderr)
    t.regex(stderr, /^snap: the store: .*(full|disk)/im)
    rmSync(join(disk, 'ballast'))
    t.is((await snap(disk, ['sql', 'select count(*) from rules', '-s', 'latest', '-o', 'csv'])).stdout, before)
    t.is((await snap(disk, ['fsck'])).status, 0)
  }
  const imported = await snap(disk, ['import'])
  t.is(imported.status, 0)
  t.regex(imported.stderr, new RegExp(`${second}: imported`))

  fill(disk, 0)
  const full = await snap(disk, ['prune', '--keep', '1 latest'])
  rmSync(join(disk, 'ballast'))
  // Removing may need no space; then it is simply done.
  if (full.status !== 0) {
    t.is(full.status, 2, full.stderr)
    t.is((await snap(disk, ['fsck'])).status, 0)
    t.deepEqual(await allWhole(join(disk, 'snapshots')), [first!, second!])
  }
  t.is((await snap(disk, ['prune', '--keep', '1 latest'])).status, 0)
  t.deepEqual(await allWhole(join(disk, 'snapshots')), [second!])
  t.regex((await snap(disk, ['list'])).stdout, new RegExp(second!))
  t.is((await snap(disk, ['fsck'])).status, 0)
})

test('reports', async (t) => {
  const folder = await importedSamples()
  const disk = await smallDisk(t, '8m')
  const [page, tables, baseline] = ['page.html', 'audit', 'baseline.txt'].map((name) => join(disk, name)) as [
    string,
    string,
    string
  ]
  const commands = [
    ['report', '--html', page],
    ['report', '--csv', tables],
    ['check', '--write-baseline', baseline, '--fail-on', 'none']
  ]
  const contents = () =>
    readdirSync(disk, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\./.test(name))
      .toSorted()
      .map((name) => [name, readFileSync(join(disk, name), 'utf8')])
  for (const args of commands) t.is((await snap(folder, args)).status, 0)
  const before = contents()
  t.true(before.length > 10)
  for (const free of [0, 20_480]) {
    fill(disk, free)
    for (const args of commands) {
      const { status, stderr } = await snap(folder, [...args, '-s', 'latest~1'])
      const file = args[2]!
      // A baseline may fit.
      if (status === 0 && file === baseline) continue
      t.is(status, 2, stderr)
      t.regex(stderr, new RegExp(`^snap: ${file}[^ ]*: cannot be (written|used).*ENOSPC.*\n$`, 'm'))
    }
    rmSync(join(disk, 'ballast'))
    t.deepEqual(
      contents().filter(([name]) => name !== 'baseline.txt'),
      before.filter(([name]) => name !== 'baseline.txt'),
      `${free} free`
    )
  }
})
