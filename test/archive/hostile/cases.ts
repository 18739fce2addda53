/** What a stranger may send instead of a snapshot: what is done to a good one, and what is to be said of it. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { gnuLongName, type Member, pax, rawTar } from './raw-tar.ts'

export interface HostileArchive {
  readonly title: string
  readonly file: Buffer
  readonly says: RegExp
}

const SERVICES = '{"apiVersion":"v1","kind":"List","items":[]}\n'
const DUMP = gzipSync('*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n')
const BIG = 2 ** 26

type Json = any

function facts(content: string | Buffer): { bytes: number; sha256: string } {
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}

const item = (over: object): object => ({
  command: [],
  startedAt: '2026-11-22T10:16:09.120Z',
  endedAt: '2026-11-22T10:16:10.000Z',
  exitCode: 0,
  error: null,
  stderr: null,
  ...over
})

function goodManifest(): Json {
  return {
    format: 1,
    cluster: { name: 'c', uid: null },
    tool: 'snap 0.1.0',
    startedAt: '2026-11-22T10:16:09.120Z',
    endedAt: '2026-11-22T10:16:18.000Z',
    items: [
      item({ path: 'cluster/services.json', kind: 'services', ...facts(SERVICES) }),
      item({
        path: 'nodes/a/iptables-save.txt.gz',
        kind: 'iptables-save',
        node: 'a',
        ...facts('*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n')
      })
    ]
  }
}

/** The members of a good snapshot. */
function good(
  manifest: string = JSON.stringify(goodManifest()),
  services: string | Buffer = SERVICES,
  dump: Buffer = DUMP
): Member[] {
  return [
    { name: 's/manifest.json', content: manifest },
    { name: 's/cluster/services.json', content: services },
    { name: 's/nodes/a/iptables-save.txt.gz', content: dump }
  ]
}

const whole = gzipSync(rawTar(good()))

/** A good one, of another hour. */
export const GOOD: Buffer = gzipSync(
  rawTar(good(JSON.stringify({ ...goodManifest(), startedAt: '2026-11-22T09:00:00.000Z' })))
)

const tar = (title: string, more: Member[], says: RegExp): HostileArchive => ({
  title,
  file: gzipSync(rawTar([...good(), ...more])),
  says
})
const bytes = (title: string, file: Buffer, says: RegExp): HostileArchive => ({ title, file, says })

const outside: readonly [name: string, shown?: string][] = [
  ['../x'],
  ['s/../../x'],
  ['/etc/passwd'],
  ['//etc/passwd'],
  ['s\\..\\x', 's\\\\..'],
  ['C:/x'],
  ['c:\\x', 'c:'],
  ['./../x'],
  ['s/..'],
  ['..'],
  ['s/a/../../../x'],
  ['~/../x'],
  ['s/../t/x']
]
const paths: HostileArchive[] = [
  ...outside.map(([name, shown]) =>
    tar(
      `a path ${name}`,
      [{ name, content: 'x' }],
      new RegExp(`entry ${(shown ?? name).replace(/[.]/g, '\\.')}.* leads out`)
    )
  ),
  tar('a folder leading out', [{ name: '../x/', type: '5' }], /entry \.\.\/x\/ leads out/),
  tar('an empty name', [{ name: './', content: 'x' }], /entry \.\/ leads out/),
  tar(
    'a path leading out in its PAX header',
    [pax({ path: '../../x' }), { name: 's/x', content: 'x' }],
    /entry \.\.\/\.\.\/x leads out/
  ),
  tar(
    'an absolute path in its PAX header',
    [pax({ path: '/root/.ssh/authorized_keys' }), { name: 's/x', content: 'x' }],
    /authorized_keys leads out/
  ),
  tar(
    'a path leading out in its GNU long name',
    [gnuLongName(`s/${'a/'.repeat(80)}${'../'.repeat(90)}x`), { name: 's/x', content: 'x' }],
    /leads out/
  ),
  tar(
    'a path leading out in its prefix',
    [{ name: 'x', prefix: '../..', content: 'x' }],
    /entry \.\.\/\.\.\/x leads out/
  ),
  tar('a new line in a name', [{ name: 's/a\nb', content: 'x' }], /entry s\/a\\u000ab has a control character/),
  tar('an escape in a name', [{ name: 's/\u001b[2J', content: 'x' }], /entry s\/\\u001b\[2J has a control character/),
  tar(
    'a name that reads backwards',
    [{ name: 's/\u202egpj', content: 'x' }],
    /entry s\/\\u202egpj has a control character/
  ),
  tar(
    'a NUL in a name',
    [pax({ path: 's/a\0b' }), { name: 's/x', content: 'x' }],
    /entry s\/a\\u0000b has a control character/
  ),
  tar('a C1 control in a name', [{ name: 's/\u009b31m', content: 'x' }], /\\u009b31m has a control character/)
]

const types: readonly [flag: string, word: RegExp][] = [
  ['1', /link/],
  ['2', /symlink/],
  ['3', /character-device/],
  ['4', /block-device/],
  ['6', /fifo/],
  ['S', /thing of no known type/],
  ['V', /thing of no known type/],
  ['M', /thing of no known type/],
  ['D', /thing of no known type/],
  ['Z', /thing of no known type/]
]
const kinds: HostileArchive[] = [
  ...types.map(([type, word]) =>
    tar(
      `an entry of type ${type}`,
      [{ name: 's/cluster/pods.json', type, link: '/etc/passwd' }],
      new RegExp(`entry s/cluster/pods\\.json is a ${word.source}`)
    )
  ),
  bytes(
    'a manifest that is a link',
    gzipSync(rawTar([{ name: 's/manifest.json', type: '2', link: '/etc/passwd' }, ...good().slice(1)])),
    /no manifest|is a symlink/
  ),
  bytes(
    'an item that is a link',
    gzipSync(rawTar([good()[0]!, { name: 's/cluster/services.json', type: '2', link: '../../x' }, good()[2]!])),
    /entry s\/cluster\/services\.json is a symlink/
  ),
  tar('a link to a folder outside', [{ name: 's/nodes', type: '2', link: '/etc' }], /entry s\/nodes is a symlink/),
  tar(
    'a PAX sparse file',
    [pax({ 'GNU.sparse.major': '1', 'GNU.sparse.realsize': '1099511627776' }), { name: 's/x', content: 'x' }],
    /entry s\/x is a sparse file/
  ),
  tar(
    'an old PAX sparse file',
    [pax({ 'GNU.sparse.map': '0,1', 'GNU.sparse.size': '99' }), { name: 's/y', content: 'x' }],
    /entry s\/y is a sparse file/
  )
]

const twice: HostileArchive[] = [
  tar(
    'a name twice',
    [
      { name: 's/a', content: '1' },
      { name: 's/a', content: '2' }
    ],
    /entry s\/a is there twice/
  ),
  tar('a name twice, once with ./', [{ name: './s/manifest.json', content: '{}' }], /is there twice/),
  tar(
    'an item twice',
    [{ name: 's/cluster/services.json', content: '{"items":[]}' }],
    /entry s\/cluster\/services\.json is there twice/
  ),
  tar(
    'a name twice by its PAX header',
    [pax({ path: 's/manifest.json' }), { name: 's/z', content: '{}' }],
    /entry s\/manifest\.json is there twice/
  ),
  tar(
    'a name twice in other letters',
    [{ name: 's/Manifest.JSON', content: '{}' }],
    /entry s\/Manifest\.JSON and entry s\/manifest\.json are one name/
  ),
  tar(
    'a folder twice in other letters',
    [{ name: 's/NODES/a/iptables-save.txt.gz', content: DUMP }],
    /are one name to some file systems/
  ),
  tar(
    'a name twice in wide letters',
    [{ name: 's/\uff4danifest.json', content: '{}' }],
    /are one name to some file systems/
  ),
  tar(
    'a name twice, composed and decomposed',
    [
      { name: 's/\u00e9', content: '1' },
      { name: 's/e\u0301', content: '2' }
    ],
    /are one name to some file systems/
  ),
  tar('two snapshots', [{ name: 't/manifest.json', content: '{}' }], /2 snapshots in one/)
]

const tooBig = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0])
const negative = Buffer.from([...Array<number>(11).fill(0xff), 0])
const sizes: HostileArchive[] = [
  tar(
    'a header that claims 8 GiB',
    [{ name: 's/x', size: '77777777777\0' }],
    /entry s\/x has 8589934591 bytes, more than/
  ),
  tar(
    'a header that claims 64 GiB in base 256',
    [{ name: 's/x', size: tooBig }],
    /entry s\/x has 68719476736 bytes, more than/
  ),
  tar('a negative size', [{ name: 's/x', size: negative }], /cannot be unpacked/),
  tar(
    'a PAX size that is huge',
    [pax({ size: '99999999999999999999' }), { name: 's/x', content: 'x' }],
    /entry s\/x has 1.*e?.* bytes, more than/
  ),
  tar(
    'a PAX size that is no number',
    [pax({ size: 'many' }), { name: 's/x', content: 'x' }],
    /cannot be unpacked: Invalid header/
  ),
  tar(
    'a PAX size that is negative',
    [pax({ size: '-5' }), { name: 's/x', content: 'x' }],
    /cannot be unpacked: Invalid header/
  ),
  tar('a file that ends early', [{ name: 's/x', content: 'x', size: '00000077777\0' }], /ends before its end/),
  tar(
    'a long name of 5 MiB',
    [gnuLongName('a/'.repeat(2_600_000)), { name: 's/x', content: 'x' }],
    /cannot be unpacked: Header exceeds max size/
  ),
  tar(
    'a PAX header of 5 MiB',
    [pax({ comment: 'a'.repeat(5_000_000) }), { name: 's/x', content: 'x' }],
    /cannot be unpacked: Header exceeds max size/
  ),
  tar(
    'a bomb: 200 MB of nothing',
    [{ name: 's/x', content: Buffer.alloc(200_000_000) }],
    /unpacks to more than 200 times its size/
  ),
  bytes(
    'a bomb of folders',
    gzipSync(
      Buffer.concat([
        rawTar(good(), Buffer.alloc(0)),
        ...Array<Buffer>(201_000).fill(rawTar([{ name: 'd/', type: '5' }], Buffer.alloc(0)))
      ])
    ),
    /unpacks to more than 200 times|one more than the 200000 files/
  )
]

const damaged = (at: number): Buffer => {
  const copy = Buffer.from(whole)
  copy[at < 0 ? copy.length + at : at]! ^= 0xff
  return copy
}
const packing: HostileArchive[] = [
  ...[30, 60, whole.length >> 1, whole.length - 9, whole.length - 1].map((length) =>
    bytes(`cut off after ${length} bytes`, whole.subarray(0, length), /ends before its end/)
  ),
  bytes('an empty file', Buffer.alloc(0), /ends before its end|not a \.tar\.gz/),
  bytes('no gzip', Buffer.from('hello, I am a text'), /not a \.tar\.gz/),
  bytes('a zip', Buffer.from('504b0304140000000800', 'hex'), /a \.zip; unpack it/),
  bytes('an xz', Buffer.from('fd377a585a000004e6d6b446', 'hex'), /an \.xz is not read/),
  bytes('a gzip of a text', gzipSync('x'.repeat(2000)), /cannot be unpacked|ends before its end/),
  bytes('a gzip of a gzip', gzipSync(whole), /cannot be unpacked|ends before its end/),
  bytes('a wrong checksum of gzip', damaged(-8), /cannot be unpacked: incorrect data check/),
  bytes('a wrong length of gzip', damaged(-4), /cannot be unpacked: incorrect length check/),
  bytes(
    'a flipped byte in the middle',
    damaged(whole.length >> 1),
    /cannot be unpacked|ends before its end|SHA-256|not JSON|twice/
  ),
  bytes(
    'a second gzip member with another manifest',
    Buffer.concat([whole, whole]),
    /entry s\/manifest\.json is there twice/
  ),
  tar(
    'a wrong checksum of a header',
    [{ name: 's/x', content: 'x', checksum: '000001\0 ' }],
    /cannot be unpacked: Invalid tar header/
  ),
  bytes('a header that is cut off', gzipSync(rawTar(good(), Buffer.alloc(0)).subarray(0, -700)), /ends before its end/),
  bytes('no entries', gzipSync(Buffer.alloc(1024)), /no manifest\.json/),
  bytes(
    'a manifest two folders down',
    gzipSync(rawTar(good().map(({ name, ...rest }) => ({ ...rest, name: `r/${name}` })))),
    /the snapshot lies deeper, beside r\/s\/manifest\.json/
  )
]

/** A manifest with one lie in it. */
const lie = (title: string, edit: (manifest: Json) => void, says: RegExp): HostileArchive => {
  const manifest = goodManifest()
  edit(manifest)
  return { title: `a manifest with ${title}`, file: gzipSync(rawTar(good(JSON.stringify(manifest)))), says }
}
const text = (title: string, manifest: string, says: RegExp): HostileArchive => ({
  title: `a manifest that ${title}`,
  file: gzipSync(rawTar(good(manifest))),
  says
})
const spelt = JSON.stringify(goodManifest())

const manifests: HostileArchive[] = [
  text('is no JSON', '{"format":1,', /manifest\.json is not JSON/),
  text('is a list', '[]', /names no format version/),
  text('is null', 'null', /names no format version/),
  text('is a text', '"format"', /names no format version/),
  text('is nested too deep', `${'['.repeat(101)}${']'.repeat(101)}`, /manifest\.json is nested deeper than 100/),
  text('is nested a million deep', '{"a":'.repeat(1_000_000), /manifest\.json is nested deeper than 100/),
  text(
    'holds a huge text',
    spelt.replace('snap 0.1.0', 'x'.repeat(3_000_000)),
    /manifest\.json holds a text of more than 2097152 bytes/
  ),
  text(
    'holds a huge number',
    spelt.replace('"format":1', `"format":${'9'.repeat(100)}`),
    /manifest\.json holds a number of more than 64 digits/
  ),
  text(
    'names __proto__',
    spelt.replace('{"format"', '{"__proto__":{"format":1},"format"'),
    /manifest\.json names a field __proto__/
  ),
  text(
    'names __proto__ in an item',
    spelt.replace('{"command"', '{"__proto__" : {"path":"x"},"command"'),
    /manifest\.json names a field __proto__/
  ),
  text(
    'names __proto__ in disguise',
    spelt.replace('{"format"', '{"\\u005f_proto_\\u005F":1,"format"'),
    /manifest\.json names a field __proto__/
  ),
  text('has an infinite format', spelt.replace('"format":1', '"format":1e999'), /snapshot format Infinity/),
  lie(
    'a newer format',
    (m) => {
      m.format = 2
    },
    /snapshot format 2/
  ),
  lie(
    'a format that is a text',
    (m) => {
      m.format = '1'
    },
    /names no format version/
  ),
  lie(
    'half a format',
    (m) => {
      m.format = 1.5
    },
    /snapshot format 1\.5/
  ),
  lie(
    'a month 13',
    (m) => {
      m.startedAt = '2026-13-41T10:16:09.120Z'
    },
    /startedAt: not an instant/
  ),
  lie(
    'the 30th of February',
    (m) => {
      m.startedAt = '2026-02-30T10:16:09.120Z'
    },
    /startedAt: not an instant/
  ),
  lie(
    'a time that is a number',
    (m) => {
      m.endedAt = 1
    },
    /endedAt/
  ),
  lie(
    'a time in another zone',
    (m) => {
      m.startedAt = '2026-11-22T10:16:09.120+01:00'
    },
    /startedAt: not an instant/
  ),
  lie(
    'no items',
    (m) => {
      delete m.items
    },
    /items/
  ),
  lie(
    'items that are no list',
    (m) => {
      m.items = { length: 2 }
    },
    /items/
  ),
  lie(
    'an item that is null',
    (m) => {
      m.items[0] = null
    },
    /items\.0/
  ),
  lie(
    'a path leading out',
    (m) => {
      m.items[0].path = '../../etc/passwd'
    },
    /items\.0\.path: a path that leads out/
  ),
  lie(
    'an absolute path',
    (m) => {
      m.items[0].path = '/etc/passwd'
    },
    /items\.0\.path: a path that leads out/
  ),
  lie(
    'a NUL in a path',
    (m) => {
      m.items[0].path = 'cluster/services.json\0'
    },
    /items\.0\.path: a path that leads out/
  ),
  lie(
    'a backslash in a path',
    (m) => {
      m.items[0].path = 'cluster\\services.json'
    },
    /items\.0\.path: a path that leads out/
  ),
  lie(
    'one path twice',
    (m) => {
      m.items[1].path = m.items[0].path
    },
    /two items of one path/
  ),
  lie(
    'two lists of Services',
    (m) => {
      m.items.push({ ...m.items[0], path: 'cluster/services-2.json' })
    },
    /two items with content tell of the same thing/
  ),
  lie(
    'an item too many',
    (m) => {
      m.items.push({ ...m.items[0], kind: 'pods', path: 'cluster/pods.json' })
    },
    /cluster\/pods\.json is in the manifest but not in the snapshot/
  ),
  lie(
    'an unknown kind',
    (m) => {
      m.items[0].kind = 'secrets'
    },
    /items\.0\.kind: not a kind/
  ),
  lie(
    'a kind __proto__',
    (m) => {
      m.items[0].kind = '__proto__'
    },
    /items\.0\.kind: not a kind/
  ),
  lie(
    'a kind constructor',
    (m) => {
      m.items[0].kind = 'constructor'
    },
    /items\.0\.kind: not a kind/
  ),
  lie(
    'a negative size',
    (m) => {
      m.items[0].bytes = -1
    },
    /items\.0\.bytes/
  ),
  lie(
    'half a byte',
    (m) => {
      m.items[0].bytes = 0.5
    },
    /items\.0\.bytes/
  ),
  lie(
    'an absurd size',
    (m) => {
      m.items[0].bytes = 1e12
    },
    /items\.0\.bytes/
  ),
  lie(
    'a short hash',
    (m) => {
      m.items[0].sha256 = 'abc'
    },
    /items\.0\.sha256: not a SHA-256/
  ),
  lie(
    'content without a hash',
    (m) => {
      m.items[0].sha256 = null
    },
    /items\.0: path, bytes and sha256/
  ),
  lie(
    'neither content nor error',
    (m) => {
      Object.assign(m.items[0], { path: null, bytes: null, sha256: null })
    },
    /neither content nor error/
  ),
  lie(
    'a node that leads out',
    (m) => {
      m.items[1].node = '../../x'
    },
    /items\.1\.node: not a name/
  ),
  lie(
    'a node that plays with the terminal',
    (m) => {
      m.items[1].node = 'a\u001b[2J'
    },
    /items\.1\.node: not a name/
  ),
  lie(
    'a node without a name',
    (m) => {
      m.items[1].node = ''
    },
    /items\.1\.node: not a name/
  ),
  lie(
    'a pod with a slash',
    (m) => {
      m.items[1].pod = 'a/b'
    },
    /items\.1\.pod: not a name/
  ),
  lie(
    'a container of 300 letters',
    (m) => {
      m.items[1].container = 'a'.repeat(300)
    },
    /items\.1\.container: not a name/
  ),
  lie(
    'a namespace that is a number',
    (m) => {
      m.items[1].namespace = 5
    },
    /items\.1\.namespace/
  ),
  lie(
    'a command that is a text',
    (m) => {
      m.items[0].command = 'rm -rf /'
    },
    /items\.0\.command/
  ),
  lie(
    'an error that is a list',
    (m) => {
      m.items[0].error = ['x']
    },
    /items\.0\.error/
  ),
  lie(
    'half an exit code',
    (m) => {
      m.items[0].exitCode = 0.5
    },
    /items\.0\.exitCode/
  ),
  lie(
    'a cluster that is a text',
    (m) => {
      m.cluster = 'c'
    },
    /cluster/
  )
]

/** Services whose manifest fits them, and a dump likewise: what harms is in the content itself. */
const services = (title: string, content: string, says: RegExp): HostileArchive => {
  const manifest = goodManifest()
  Object.assign(manifest.items[0], facts(content))
  return { title: `Services that ${title}`, file: gzipSync(rawTar(good(JSON.stringify(manifest), content))), says }
}
const dump = (
  title: string,
  stored: Buffer,
  claimed: { bytes: number; sha256: string },
  says: RegExp
): HostileArchive => {
  const manifest = goodManifest()
  Object.assign(manifest.items[1], claimed)
  return {
    title: `a dump that ${title}`,
    file: gzipSync(rawTar(good(JSON.stringify(manifest), SERVICES, stored))),
    says
  }
}
const claim = facts('*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n')

const contents: HostileArchive[] = [
  services(
    'are nested too deep',
    `{"items":${'['.repeat(500_000)}`,
    /cluster\/services\.json is nested deeper than 100/
  ),
  services(
    'hold a huge text',
    `{"kind":"List","items":[{"metadata":{"name":"${'a'.repeat(3_000_000)}"}}]}`,
    /cluster\/services\.json holds a text of more than/
  ),
  services(
    'hold a huge number',
    `{"kind":"List","items":[{"spec":{"ports":[{"port":${'1'.repeat(10_000)}}]}}]}`,
    /cluster\/services\.json holds a number of more than/
  ),
  services(
    'name __proto__',
    '{"kind":"List","items":[{"metadata":{"name":"a","labels":{"__proto__":{"x":"y"}}}}]}',
    /cluster\/services\.json names a field __proto__/
  ),
  bytes(
    'other Services than the manifest says',
    gzipSync(rawTar(good(spelt, SERVICES.replace('[]', '{}')))),
    /cluster\/services\.json is not what was collected: its SHA-256 differs/
  ),
  bytes(
    'longer Services than the manifest says',
    gzipSync(rawTar(good(spelt, `${SERVICES} `))),
    /cluster\/services\.json has 46 bytes, more than/
  ),
  bytes(
    'shorter Services than the manifest says',
    gzipSync(rawTar(good(spelt, SERVICES.slice(1)))),
    /cluster\/services\.json has 44 bytes, the manifest says 45/
  ),
  dump('is no gzip', Buffer.from('*nat'), claim, /iptables-save\.txt\.gz cannot be unpacked/),
  dump('is cut off', DUMP.subarray(0, -9), claim, /iptables-save\.txt\.gz cannot be unpacked/),
  dump(
    'unpacks to more than was said',
    gzipSync(Buffer.alloc(BIG)),
    claim,
    /iptables-save\.txt\.gz (unpacks to|has \d+ bytes,) more than/
  ),
  dump(
    'unpacks to a thousand times its size, as was said',
    gzipSync(Buffer.alloc(2 * BIG)),
    { ...claim, bytes: 2 * BIG },
    /iptables-save\.txt\.gz unpacks to more than 200 times its size/
  ),
  dump(
    'is another',
    gzipSync('*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIX\n'),
    claim,
    /iptables-save\.txt\.gz is not what was collected/
  )
]

const NODE = 'cluster-scoped-resources/core/nodes/a.yaml'
const timestamp: Member = { name: 'm/timestamp', content: '2026-11-22 10:16:09 +0000 UTC\n' }

/** Of other collectors: must-gather with this for a node, a support bundle with this for its Services. */
const gathered = (title: string, content: string, says: RegExp): HostileArchive => ({
  title: `a must-gather with ${title}`,
  file: gzipSync(rawTar([timestamp, { name: `m/${NODE}`, content }])),
  says
})
const bundled = (title: string, content: string, says: RegExp): HostileArchive => ({
  title: `a support bundle with ${title}`,
  file: gzipSync(rawTar([{ name: 'b/cluster-resources/services/demo.json', content }])),
  says
})
const laughs = `a: &a ["x","x","x","x","x","x","x","x","x"]\n${[...'bcdefghi'].map((name, index) => `${name}: &${name} [${Array<string>(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`).join('\n')}\n`
const yamlNode = 'kind: Node\nmetadata:\n  name: a\n'

const others: HostileArchive[] = [
  gathered('a billion laughs', laughs, /nodes\/a\.yaml uses YAML anchors/),
  gathered('one anchor', `${yamlNode}  labels: &l {a: b}\n  annotations: *l\n`, /nodes\/a\.yaml uses YAML anchors/),
  gathered('a merge key', `x: &x {a: b}\n${yamlNode}  labels:\n    <<: *x\n`, /nodes\/a\.yaml uses YAML anchors/),
  gathered(
    'a tag that makes objects',
    `${yamlNode}  labels: !!js/function 'function () {}'\n`,
    /nodes\/a\.yaml has a YAML tag/
  ),
  gathered('a tag of Python', `!!python/object/apply:os.system ['id']\n`, /nodes\/a\.yaml has a YAML tag/),
  gathered('YAML nested too deep', `kind: ${'['.repeat(100_000)}`, /nodes\/a\.yaml is (YAML nested too deep|no YAML)/),
  gathered(
    'YAML blocks nested too deep',
    `kind: Node\nx:\n${Array.from({ length: 5000 }, (_, depth) => `${' '.repeat(depth + 1)}a:\n`).join('')}`,
    /nodes\/a\.yaml is YAML nested too deep/
  ),
  gathered('__proto__', `${yamlNode}  labels:\n    __proto__: {a: b}\n`, /nodes\/a\.yaml names a field __proto__/),
  gathered('JSON nested too deep', '['.repeat(1000), /nodes\/a\.yaml is nested deeper than 100/),
  bundled('JSON nested too deep', '[{"metadata":'.repeat(1000), /services\/demo\.json is nested deeper than 100/),
  bundled(
    '__proto__',
    '[{"__proto__":{"kind":"Service"},"metadata":{"name":"a"}}]',
    /services\/demo\.json names a field __proto__/
  ),
  bundled(
    'a huge text',
    `[{"metadata":{"name":"${'a'.repeat(3_000_000)}"}}]`,
    /services\/demo\.json holds a text of more than/
  ),
  {
    title: 'a support bundle with a path leading out',
    file: gzipSync(
      rawTar([
        { name: 'b/cluster-resources/services/demo.json', content: '[]' },
        { name: 'b/../../x', content: 'x' }
      ])
    ),
    says: /leads out/
  },
  {
    title: 'a Rancher log collection that packs a bomb',
    file: gzipSync(
      rawTar([
        { name: 'networking/iptablessave', content: '' },
        { name: 'networking/netstat', content: Buffer.alloc(200_000_000) }
      ])
    ),
    says: /unpacks to more than 200 times/
  },
  {
    title: 'a node whose name leads out',
    file: gzipSync(
      rawTar([
        { name: 'networking/iptablessave', content: '*nat\nCOMMIT\n' },
        { name: 'systeminfo/uname', content: 'Linux ../../x 6.1\n' }
      ])
    ),
    says: /"\.\.\/\.\.\/x" is no node's name/
  }
]

export const HOSTILE: readonly HostileArchive[] = [
  ...others,
  ...paths,
  ...kinds,
  ...twice,
  ...sizes,
  ...packing,
  ...manifests,
  ...contents
]
