import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { pack, type Header } from 'tar-stream'
import { openArchive } from '../../src/archive/archive-entries.ts'
import { SnapshotError, type SnapshotFault } from '../../src/archive/error.ts'
import { LIMITS } from '../../src/archive/limits.ts'
import { openSnapshot } from '../../src/archive/open.ts'

const MANIFEST = JSON.stringify({
  format: 1, cluster: { name: 'c', uid: null }, tool: 'snap 0.1.0',
  startedAt: '2026-11-22T10:16:09.120Z', endedAt: '2026-11-22T10:16:18.000Z', items: []
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

const cases: [title: string, members: Member[], fault: SnapshotFault, message: RegExp][] = [
  ['a path leading out', [manifest, [{ name: 's/../../etc/cron.d/x' }, 'x']], 'hostile', /entry s\/\.\.\/\.\.\/etc\/cron\.d\/x leads out/],
  ['a folder leading out', [manifest, [{ name: '../x', type: 'directory' }]], 'hostile', /entry \.\.\/x leads out/],
  ['an absolute path', [manifest, [{ name: '/etc/passwd' }, 'x']], 'hostile', /entry \/etc\/passwd leads out/],
  ['a backslash', [manifest, [{ name: 's\\..\\x' }, 'x']], 'hostile', /leads out/],
  ['a symbolic link', [manifest, [{ name: 's/cluster', type: 'symlink', linkname: '/etc' }]], 'hostile', /entry s\/cluster is a symlink/],
  ['a hard link', [manifest, [{ name: 's/x', type: 'link', linkname: 's/manifest.json' }]], 'hostile', /entry s\/x is a link/],
  ['a device', [manifest, [{ name: 's/x', type: 'character-device' }]], 'hostile', /entry s\/x is a character-device/],
  ['a pipe', [manifest, [{ name: 's/x', type: 'fifo' }]], 'hostile', /entry s\/x is a fifo/],
  ['one name twice', [manifest, [{ name: 's/a' }, '1'], [{ name: 's/a' }, '2']], 'hostile', /entry s\/a is there twice/],
  ['one name twice, spelt in two ways', [manifest, [{ name: './s/manifest.json' }, MANIFEST]], 'hostile', /is there twice/],
  ['two snapshots', [manifest, [{ name: 'r/manifest.json' }, MANIFEST]], 'not-a-snapshot', /2 snapshots in one archive/],
  ['a name that plays with the terminal', [manifest, [{ name: 's/\u001b[2J\u202egpj', type: 'symlink', linkname: 'x' }]], 'hostile', /entry s\/\\u001b\[2J\\u202egpj is a symlink/]
]
for (const [title, members, fault, message] of cases) {
  test(`an archive with ${title} is refused, the entry named`, async (t) => {
    const error = await t.throwsAsync(openSnapshot(await archive(t, members)), { instanceOf: SnapshotError, message })
    t.is(error?.fault, fault)
    t.notRegex(error!.message, /[\p{Cc}\p{Cf}]/u)
  })
}

test('archives made by other tars are read: ./ in front, folders as entries, nothing on top, a stranger\'s files beside', async (t) => {
  const layouts: Member[][] = [
    [[{ name: './', type: 'directory' }], [{ name: './manifest.json' }, MANIFEST]],
    [[{ name: '2026-11-22T10-16-09Z/', type: 'directory' }], [{ name: '2026-11-22T10-16-09Z/manifest.json' }, MANIFEST]],
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
