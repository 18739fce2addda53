import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { thisOwner } from '../../src/archive/owner.ts'
import { sweep } from '../../src/archive/sweep.ts'
import { createSnapshot } from '../../src/archive/writer.ts'

test('what dead writers left goes, what lives and what is whole stays', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'snap-sweep-'))
  t.teardown(() => rm(root, { recursive: true, force: true }))
  const now = new Date()
  const partial = async (name: string, files: { readonly [name: string]: string }, at = now): Promise<void> => {
    await mkdir(join(root, name, 'cluster'), { recursive: true })
    for (const [file, text] of Object.entries(files)) await writeFile(join(root, name, file), text)
    await utimes(join(root, name), at, at)
  }
  const long = new Date(now.getTime() - 48 * 3_600_000)
  await createSnapshot(root, '2026-11-22T10-00-00Z')
  await partial('.partial-2026-11-22T09-00-00Z', { '.owner': JSON.stringify({ ...thisOwner(now), pid: 2 ** 22 + 1 }) })
  await partial('.partial-2026-11-22T08-00-00Z', { '.owner': JSON.stringify({ ...thisOwner(now), host: 'elsewhere' }) })
  await partial('.removing-2026-11-22T07-00-00Z', {})
  await partial('.partial-2026-11-22T06-00-00Z', {})
  await partial('.partial-2026-11-22T05-00-00Z', {}, long)
  await partial('2026-11-22T04-00-00Z', { 'manifest.json': '{}' }, long)
  for (const [name, at] of [
    ['.partial-a.tar.gz', long],
    ['.partial-b.tar.gz', now],
    ['.lock-lab.4711', long],
    ['.lock-lab', long]
  ] as const) {
    await writeFile(join(root, name), '')
    await utimes(join(root, name), at, at)
  }
  const dead = JSON.stringify({ ...thisOwner(now), pid: 2 ** 22 + 1 })
  for (const [name, text] of [
    ['.lock-lab.4712', dead],
    ['.lock-lab.takeover', dead],
    ['.lock-prod.2', JSON.stringify(thisOwner(now))]
  ] as const)
    await writeFile(join(root, name), text)
  await utimes(join(root, '.lock-prod.2'), long, long)
  const swept = await sweep(root, now)
  t.deepEqual(swept.map((path) => path.slice(root.length + 1)).toSorted(), [
    '.lock-lab.4711',
    '.lock-lab.4712',
    '.lock-lab.takeover',
    '.partial-2026-11-22T05-00-00Z',
    '.partial-2026-11-22T09-00-00Z',
    '.partial-a.tar.gz',
    '.removing-2026-11-22T07-00-00Z'
  ])
  t.deepEqual((await readdir(root)).toSorted(), [
    '.lock-lab',
    '.lock-prod.2',
    '.partial-2026-11-22T06-00-00Z',
    '.partial-2026-11-22T08-00-00Z',
    '.partial-2026-11-22T10-00-00Z',
    '.partial-b.tar.gz',
    '2026-11-22T04-00-00Z'
  ])
  t.deepEqual(await sweep(join(root, 'nothing'), now), [])
})
