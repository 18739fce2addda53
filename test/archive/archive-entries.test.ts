import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { type Header, pack } from 'tar-stream'
import { openArchive } from '../../src/archive/archive-entries.ts'
import { SnapshotError } from '../../src/archive/error.ts'
import { LIMITS } from '../../src/archive/limits.ts'
import { openSnapshot } from '../../src/archive/open.ts'

const MANIFEST = JSON.stringify({
  format: 1,
  cluster: { name: 'c', uid: null },
  tool: 'snap 0.1.0',
  startedAt: '2026-11-22T10:16:09.120Z',
  endedAt: '2026-11-22T10:16:18.000Z',
  items: []
})

type Member = [header: Partial<Header> & { name: string }, content?: string | Buffer]

async function archive(t: ExecutionContext, members: Member[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'snap-hostile-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const tar = pack()
  const chunks: Buffer[] = []
  tar.on('data', (chunk) => chunks.push(chunk as Buffer))
  for (const [header, content] of members) tar.entry(header, content ?? '')
  tar.finalize()
  await new Promise<void>((resolve) => tar.on('end', () => resolve()))
  const file = join(folder, 'x.tar.gz')
  await writeFile(file, gzipSync(Buffer.concat(chunks)))
  return file
}

const manifest: Member = [{ name: 's/manifest.json' }, MANIFEST]

test("archives made by other tars are read: ./ in front, folders as entries, nothing on top, a stranger's files beside", async (t) => {
  const layouts: Member[][] = [
    [[{ name: './', type: 'directory' }], [{ name: './manifest.json' }, MANIFEST]],
    [
      [{ name: '2026-11-22T10-16-09Z/', type: 'directory' }],
      [{ name: '2026-11-22T10-16-09Z/manifest.json' }, MANIFEST]
    ],
    [[{ name: 's/._manifest.json' }, 'resource fork'], manifest],
    [[{ name: `s/${'long-'.repeat(40)}/a` }, 'x'], manifest]
  ]
  for (const members of layouts) t.is((await openSnapshot(await archive(t, members))).name, '2026-11-22T10-16-09Z')
})

test('sizes are bounded: one file, all files, their number, the ratio', async (t) => {
  const zeros = Buffer.alloc(300_000)
  const file = await archive(t, [manifest, [{ name: 's/a' }, zeros], [{ name: 's/b' }, zeros]])
  const refused = (limits: Partial<typeof LIMITS | Record<string, number>>, message: RegExp) =>
    t.throwsAsync(openArchive(file, { ...LIMITS, ...limits }), { instanceOf: SnapshotError, message })
  await refused({ itemBytes: 299_999 }, /entry s\/a has 300000 bytes, more than the 299999 a file may have/)
  await refused({ archiveBytes: 500_000 }, /unpacks to more than 500000 bytes/)
  await refused({ archiveEntries: 2 }, /entry s\/b is one more than the 2 files/)
  await refused({ ratioFromBytes: 1000 }, /unpacks to more than 200 times its size/)
  await t.notThrowsAsync(openArchive(file))
})
