import { spawnSync } from 'node:child_process'
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { SnapshotError, type SnapshotFault } from '../../src/archive/error.ts'
import { listSnapshots } from '../../src/archive/list.ts'
import { openSnapshot } from '../../src/archive/open.ts'
import { packSnapshot } from '../../src/archive/pack.ts'
import { createSnapshot } from '../../src/archive/writer.ts'
import type { CollectedItem } from '../../src/collect/item.ts'

const NAME = '2026-11-22T10-16-09Z'
const FACTS = {
  cluster: { name: 'k3s-prod', uid: '6a6dcd4b-3a5e-4b6b-8c0e-000000000000' },
  tool: 'snap 0.1.0',
  startedAt: '2026-11-22T10:16:09.120Z',
  endedAt: '2026-11-22T10:16:18.000Z'
}

function item(over: Partial<CollectedItem>): CollectedItem {
  return {
    kind: 'iptables-save',
    command: ['iptables-save', '-c'],
    startedAt: FACTS.startedAt,
    endedAt: FACTS.endedAt,
    exitCode: 0,
    error: null,
    stderr: null,
    content: Buffer.from('*nat\nCOMMIT\n'),
    ...over
  }
}

const ITEMS: CollectedItem[] = [
  item({ kind: 'services', command: ['kubectl', 'get', 'services'], content: Buffer.from('{"items":[]}\n') }),
  item({
    node: 'kube-worker1',
    stderr: '# Warning: iptables-legacy tables present, use iptables-legacy-save to see them'
  }),
  item({ node: 'kube-worker1', backend: 'legacy', command: ['iptables-legacy-save', '-c'] }),
  item({ kind: 'ip6tables-save', node: 'kube-worker1', command: ['ip6tables-save', '-c'], content: Buffer.alloc(0) }),
  item({ node: 'kube-worker2', exitCode: null, error: 'ssh: no answer from kube-worker2 in 30 s', content: null }),
  item({ namespace: 'traefik-ns', pod: 'svclb-traefik-h5xcg', container: 'lb-port-80' })
]

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'snap-archive-'))
  t.teardown(() => rm(path, { recursive: true, force: true }))
  return path
}

async function written(t: ExecutionContext): Promise<string> {
  const sink = await createSnapshot(await folder(t), NAME)
  for (const one of ITEMS) await sink.add(one)
  return sink.finish(FACTS)
}

async function fails(
  t: ExecutionContext,
  made: Promise<unknown>,
  fault: SnapshotFault,
  message: RegExp
): Promise<void> {
  const error = await t.throwsAsync(made, { instanceOf: SnapshotError, message })
  t.is(error?.fault, fault)
  t.notRegex(error!.message, /\p{Cc}/u)
}

test('what was written is read back, item by item', async (t) => {
  const path = await written(t)
  const snapshot = await openSnapshot(path)
  t.is(snapshot.name, NAME)
  t.like(snapshot.manifest, { format: 1, ...FACTS })
  t.deepEqual(
    snapshot.manifest.items.map(({ path }) => path),
    [
      'cluster/services.json',
      'nodes/kube-worker1/ip6tables-save.txt.gz',
      'nodes/kube-worker1/iptables-legacy-save.txt.gz',
      'nodes/kube-worker1/iptables-save.txt.gz',
      null,
      'pods/traefik-ns/svclb-traefik-h5xcg/lb-port-80/iptables-save.txt.gz'
    ]
  )
  for (const { content, ...facts } of ITEMS) {
    const found = snapshot.manifest.items.find(
      (one) =>
        one.kind === facts.kind && one.node === facts.node && one.pod === facts.pod && one.backend === facts.backend
    )!
    t.like(found, facts)
    if (content === null)
      await fails(t, snapshot.read(found), 'no-content', /iptables-save has no content: ssh: no answer/)
    else t.deepEqual(await snapshot.read(found), content)
  }
})

test('items that are added at once stand in the manifest by their path, whichever was written first', async (t) => {
  const sink = await createSnapshot(await folder(t), NAME)
  const nodes = Array.from({ length: 300 }, (_, number) => `node-${(number * 7) % 300}`)
  await Promise.all(
    nodes.map((node, number) =>
      sink.add(
        item({
          node,
          content: number % 3 === 0 ? null : Buffer.from(node),
          error: number % 3 === 0 ? 'node \u2028 is gone' : null
        })
      )
    )
  )
  const { manifest, read } = await openSnapshot(await sink.finish(FACTS))
  t.deepEqual(
    manifest.items.map(({ node }) => node),
    nodes
      .map((node) => `${node}/`)
      .sort()
      .map((node) => node.slice(0, -1))
  )
  for (const one of manifest.items) {
    if (one.path === null) t.is(one.error, 'node \u2028 is gone')
    else t.is((await read(one)).toString(), one.node!)
  }
})

test('a snapshot is read by ls, jq and zless, and by its owner only', async (t) => {
  const path = await written(t)
  t.deepEqual((await readdir(path)).sort(), ['cluster', 'manifest.json', 'nodes', 'pods'])
  t.is((await stat(path)).mode & 0o777, 0o700)
  t.is((await stat(join(path, 'nodes/kube-worker1'))).mode & 0o777, 0o700)
  t.is((await stat(join(path, 'manifest.json'))).mode & 0o777, 0o600)
  t.is((await stat(join(path, 'nodes/kube-worker1/iptables-save.txt.gz'))).mode & 0o777, 0o600)
  t.is(await readFile(join(path, 'cluster/services.json'), 'utf8'), '{"items":[]}\n')
  t.is(gunzipSync(await readFile(join(path, 'nodes/kube-worker1/iptables-save.txt.gz'))).toString(), '*nat\nCOMMIT\n')
})

test('nothing bears the final name before the last byte is there', async (t) => {
  const root = await folder(t)
  const sink = await createSnapshot(root, NAME)
  await sink.add(ITEMS[1]!)
  t.deepEqual(await readdir(root), [`.partial-${NAME}`])
  t.like((await listSnapshots(root))[0], { name: NAME, partial: true })
  await fails(t, openSnapshot(join(root, `.partial-${NAME}`)), 'half-written', /was not finished/)
  await t.throwsAsync(createSnapshot(root, NAME), { message: /another snap is writing this snapshot/ })

  await rename(join(root, `.partial-${NAME}`), join(root, NAME))
  await fails(t, openSnapshot(join(root, NAME)), 'half-written', /no manifest\.json, which is written last/)
  await t.throwsAsync(createSnapshot(root, NAME), { message: /there is a snapshot of this name already/ })
})

test('an abandoned snapshot leaves nothing', async (t) => {
  const root = await folder(t)
  const sink = await createSnapshot(root, NAME)
  await sink.add(ITEMS[1]!)
  await sink.abandon()
  t.deepEqual(await readdir(root), [])
})

test('names that are no file names never reach the disk', async (t) => {
  const sink = await createSnapshot(await folder(t), NAME)
  for (const node of ['../../etc', '', '.', '..', 'a/b', 'a\\b', 'a\nb', '-rf', `${'a'.repeat(260)}`]) {
    await t.throwsAsync(
      sink.add(item({ node })),
      { message: /not a name for a file of a snapshot/ },
      JSON.stringify(node)
    )
  }
})

test('packed to a .tar.gz and read from it, the same manifest and contents', async (t) => {
  const path = await written(t)
  const file = join(await folder(t), `${NAME}.tar.gz`)
  await packSnapshot(path, file)
  const [packed, plain] = [await openSnapshot(file), await openSnapshot(path)]
  t.is(packed.name, NAME)
  t.deepEqual(packed.manifest, plain.manifest)
  for (const one of plain.manifest.items)
    if (one.path !== null) t.deepEqual(await packed.read(one), await plain.read(one))

  const again = `${file}.again.tar.gz`
  await packSnapshot(path, again)
  t.deepEqual(gunzipSync(await readFile(again)), gunzipSync(await readFile(file)))
  t.is((await stat(file)).mode & 0o777, 0o600)
})

test('an archive that tar made of the folder is read as well', async (t) => {
  const path = await written(t)
  for (const [file, ...args] of [
    ['above.tar.gz', '-C', join(path, '..'), NAME],
    ['inside.tar.gz', '-C', path, '.']
  ] as const) {
    const made = join(await folder(t), file)
    t.is(spawnSync('tar', ['-czf', made, ...args]).status, 0)
    const snapshot = await openSnapshot(made)
    for (const one of snapshot.manifest.items) if (one.path !== null) await t.notThrowsAsync(snapshot.read(one))
  }
})

test('a snapshot that is not whole is not packed, and no archive is left', async (t) => {
  const path = await written(t)
  const root = await folder(t)
  await writeFile(join(path, 'cluster/services.json'), '{"items":[] }')
  await fails(
    t,
    packSnapshot(path, join(root, 'x.tar.gz')),
    'damaged',
    /cluster\/services\.json is not what was collected/
  )
  t.deepEqual(await readdir(root), [])
})

test('an archive that was cut off is recognised wherever it was cut', async (t) => {
  const path = await written(t)
  const root = await folder(t)
  const file = join(root, `${NAME}.tar.gz`)
  await packSnapshot(path, file)
  const whole = await readFile(file)
  for (let length = 20; length < whole.length; length += 97) {
    await writeFile(file, whole.subarray(0, length))
    await fails(t, openSnapshot(file), 'half-written', /ends before its end/)
  }
  const tar = gunzipSync(whole)
  for (let blocks = 1; blocks * 512 < tar.length - 1024; blocks++) {
    await writeFile(file, gzipSync(tar.subarray(0, blocks * 512)))
    const error = await t.throwsAsync(openSnapshot(file), { instanceOf: SnapshotError })
    t.true(error?.fault === 'half-written' || error?.fault === 'not-a-snapshot', error?.message)
  }
})

test('damage is found and named', async (t) => {
  const path = await written(t)
  const dump = 'nodes/kube-worker1/iptables-save.txt.gz'
  const read = async (wanted: string) => {
    const snapshot = await openSnapshot(path)
    return snapshot.read(snapshot.manifest.items.find(({ path }) => path === wanted)!)
  }
  const restore = join(await folder(t), 'copy')
  await cp(path, restore, { recursive: true })

  await writeFile(join(path, dump), gzipSync('*nat\nCOMMIT.\n'))
  await fails(t, read(dump), 'hostile', /iptables-save\.txt\.gz unpacks to more than the 12 bytes/)
  await writeFile(join(path, dump), gzipSync('*nat\ncommit\n'))
  await fails(t, read(dump), 'damaged', /its SHA-256 differs/)
  await writeFile(join(path, dump), gzipSync('*nat\n'))
  await fails(t, read(dump), 'damaged', /has 5 bytes, the manifest says 12/)
  await writeFile(join(path, dump), 'no gzip')
  await fails(t, read(dump), 'damaged', /cannot be unpacked/)
  await writeFile(join(path, dump), gzipSync(Buffer.alloc(10_000_000)))
  await fails(t, read(dump), 'damaged', /more than the \d+ it may have/)
  await writeFile(join(path, 'cluster/services.json'), '{"items":[],"more":1}\n')
  await fails(t, read('cluster/services.json'), 'damaged', /has 22 bytes, more than/)
  await truncate(join(path, 'cluster/services.json'), 0)
  await fails(t, read('cluster/services.json'), 'damaged', /has 0 bytes, the manifest says 13/)

  await rm(join(path, dump))
  await fails(
    t,
    openSnapshot(path),
    'half-written',
    /iptables-save\.txt\.gz is in the manifest but not in the snapshot/
  )
  await t.notThrowsAsync(openSnapshot(restore))
})

test('links are not followed', async (t) => {
  const path = await written(t)
  const outside = join(await folder(t), 'outside')
  await mkdir(outside)
  await writeFile(join(outside, 'services.json'), '{"items":[]}\n')
  await rm(join(path, 'cluster/services.json'))
  await symlink(join(outside, 'services.json'), join(path, 'cluster/services.json'))
  await fails(t, openSnapshot(path), 'hostile', /cluster\/services\.json is no plain file/)
  await rm(join(path, 'cluster'), { recursive: true })
  await symlink(outside, join(path, 'cluster'))
  await fails(t, openSnapshot(path), 'hostile', /cluster is no plain file/)
})

test('what is no snapshot is told apart from a broken one', async (t) => {
  const root = await folder(t)
  await fails(t, openSnapshot(join(root, 'absent')), 'not-a-snapshot', /no such file or folder/)
  await fails(t, openSnapshot(root), 'not-a-snapshot', /no manifest\.json: not a snapshot/)
  await writeFile(join(root, 'text.tar.gz'), 'hello')
  await fails(t, openSnapshot(join(root, 'text.tar.gz')), 'not-a-snapshot', /not a \.tar\.gz/)
  await writeFile(join(root, 'empty.tar.gz'), gzipSync(Buffer.alloc(1024)))
  await fails(t, openSnapshot(join(root, 'empty.tar.gz')), 'not-a-snapshot', /no manifest\.json: not a snapshot/)
})

test('the folder of snapshots is listed by name', async (t) => {
  const root = await folder(t)
  for (const name of [
    '2026-11-23T00-00-00Z',
    '2026-11-22T00-00-00Z',
    '.partial-2026-11-24T00-00-00Z',
    'notes',
    '2026-11-22'
  ])
    await mkdir(join(root, name))
  for (const name of [
    '2026-11-21T00-00-00Z.tar.gz',
    'prod.tar.gz',
    '.partial-2026-11-20T00-00-00Z.tar.gz',
    'readme.txt'
  ])
    await writeFile(join(root, name), '')
  t.deepEqual(
    (await listSnapshots(root)).map(({ name, form, partial }) => `${name} ${form}${partial ? ' partial' : ''}`),
    [
      '2026-11-20T00-00-00Z tar.gz partial',
      '2026-11-21T00-00-00Z tar.gz',
      '2026-11-22T00-00-00Z folder',
      '2026-11-23T00-00-00Z folder',
      '2026-11-24T00-00-00Z folder partial',
      'prod tar.gz'
    ]
  )
  await fails(t, listSnapshots(join(root, 'absent')), 'not-a-snapshot', /no such folder/)
})

const manifestCases: [title: string, edit: (manifest: any) => unknown, fault: SnapshotFault, message: RegExp][] = [
  [
    'a newer format',
    (m) => {
      m.format = 2
    },
    'format',
    /snapshot format 2, this snap reads 1; written by a newer snap: update/
  ],
  [
    'an impossible format',
    (m) => {
      m.format = 0
    },
    'format',
    /snapshot format 0/
  ],
  [
    'no format',
    (m) => {
      delete m.format
    },
    'not-a-snapshot',
    /names no format version/
  ],
  [
    'a path leading out',
    (m) => {
      m.items[0].path = '../../etc/passwd'
    },
    'damaged',
    /items\.0\.path: a path that leads out/
  ],
  [
    'an absolute path',
    (m) => {
      m.items[0].path = '/etc/passwd'
    },
    'damaged',
    /items\.0\.path: a path that leads out/
  ],
  [
    'one path twice',
    (m) => {
      m.items[1].path = m.items[0].path
    },
    'damaged',
    /two items of one path/
  ],
  [
    'an unknown kind',
    (m) => {
      m.items[0].kind = 'secrets'
    },
    'damaged',
    /items\.0\.kind/
  ],
  [
    'an absurd size',
    (m) => {
      m.items[0].bytes = 1e12
    },
    'damaged',
    /items\.0\.bytes/
  ],
  [
    'content without a hash',
    (m) => {
      m.items[0].sha256 = null
    },
    'damaged',
    /items\.0: path, bytes and sha256 are given together/
  ],
  [
    'neither content nor error',
    (m) => {
      m.items.find((i: any) => i.path === null).error = null
    },
    'damaged',
    /neither content nor error/
  ],
  [
    'a day that does not exist',
    (m) => {
      m.startedAt = '2026-13-41T10:16:09.120Z'
    },
    'damaged',
    /startedAt: not an instant/
  ],
  [
    'no items',
    (m) => {
      delete m.items
    },
    'damaged',
    /items/
  ]
]
for (const [title, edit, fault, message] of manifestCases) {
  test(`manifest with ${title} is refused`, async (t) => {
    const path = await written(t)
    const file = join(path, 'manifest.json')
    const manifest = JSON.parse(await readFile(file, 'utf8'))
    edit(manifest)
    await writeFile(file, JSON.stringify(manifest))
    await fails(t, openSnapshot(path), fault, message)
  })
}

test('a manifest that is no JSON, or unreadable, is named', async (t) => {
  const path = await written(t)
  await writeFile(join(path, 'manifest.json'), '{"format":1,')
  await fails(t, openSnapshot(path), 'damaged', /manifest\.json is not JSON/)
  if (process.getuid?.() === 0) return
  await chmod(join(path, 'manifest.json'), 0)
  await fails(t, openSnapshot(path), 'damaged', /manifest\.json cannot be read \(EACCES\)/)
})

test('what nodes say of their failures does not make a manifest that no reader takes', async (t) => {
  const sink = await createSnapshot(await folder(t), NAME)
  const at = '2026-11-22T12:00:00.000Z'
  const long = 'x'.repeat(4000)
  for (let number = 0; number < 10_000; number++)
    await sink.add({
      kind: 'sysctls',
      node: `node-${number}`,
      command: ['cat'],
      startedAt: at,
      endedAt: at,
      exitCode: 1,
      error: long,
      stderr: long,
      content: null
    })
  const made = await sink.finish({ cluster: { name: 'lab', uid: null }, tool: 'snap', startedAt: at, endedAt: at })
  t.is((await openSnapshot(made)).manifest.items.length, 10_000)
})
