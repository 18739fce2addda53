import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { type NodeCommand, type NodeEnding, type NodeHeading, readNodeStream } from '../../src/collect/node-stream.ts'
import { MARK, NODE_SCRIPT, nodePrograms, pieces, programs, TABLES, temporary } from './cluster-fixture.ts'

const SHELLS = ['sh', 'dash', 'bash', 'mksh', 'ksh']
  .map((shell) =>
    spawnSync('sh', ['-c', `command -v ${shell}`])
      .stdout.toString()
      .trim()
  )
  .filter((path) => path !== '')

const KALLSYMS = readFileSync('/proc/kallsyms', 'utf8')
const [KERNEL_HAS_NFT, KERNEL_HAS_IPSET] = [
  KALLSYMS.includes(' nf_tables_gettable'),
  KALLSYMS.includes(' ip_set_nfnl_get')
]

function runScript(path: string, parts: readonly string[] = [], shell = 'sh'): Buffer {
  const { stdout, stderr, status } = spawnSync(shell, ['-s', ...parts], {
    input: NODE_SCRIPT,
    env: { PATH: `${path}:/usr/bin:/bin` },
    maxBuffer: 1 << 28
  })
  if (status !== 0) throw new Error(`${status}: ${stderr.toString()}`)
  return stdout
}

type Output = NodeCommand & NodeEnding & { content: Buffer }

/** All of a text at once, however it comes in pieces. */
async function parseNodeStream(
  text: Buffer,
  size = 1000
): Promise<NodeHeading & { outputs: Output[]; endedAt: string | null }> {
  let heading: NodeHeading | undefined
  let endedAt: string | null = null
  const outputs: Output[] = []
  for await (const event of readNodeStream(pieces(text, size))) {
    if (event.is === 'heading') heading = event.heading
    if (event.is === 'begin') outputs.push({ ...event.what, exitCode: null, stderr: '', content: Buffer.alloc(0) })
    const output = outputs.at(-1)
    if (event.is === 'content') output!.content = Buffer.concat([output!.content, event.bytes])
    if (event.is === 'end') Object.assign(output!, event.ending)
    if (event.is === 'whole') endedAt = event.endedAt
  }
  return { ...heading!, outputs, endedAt }
}

for (const shell of SHELLS) {
  test(`the script under ${shell}: every program with its output, messages and exit code`, async (t) => {
    const stream = await parseNodeStream(runScript(nodePrograms(join(await temporary(t), 'bin')), [], shell))
    t.is(stream.host, spawnSync('uname', ['-n']).stdout.toString().trim())
    t.regex(stream.bootId!, /^[0-9a-f-]{36}$/)
    t.regex(stream.startedAt!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    t.regex(stream.endedAt!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    t.deepEqual(
      stream.outputs.map(({ kind, backend, command, exitCode }) => [kind, backend, command.join(' '), exitCode]),
      [
        ['iptables-save', undefined, 'iptables-save -c', 0],
        ['iptables-save', 'legacy', 'iptables-legacy-save -c', 0],
        ['ip6tables-save', undefined, 'ip6tables-save -c', 0],
        ['ip6tables-save', 'legacy', 'ip6tables-legacy-save -c', 0],
        ...(KERNEL_HAS_NFT
          ? [
              ['nft-tables', undefined, 'nft list tables', 0],
              ['nft-ruleset', undefined, 'nft -s list table FAMILY NAME', 0]
            ]
          : []),
        ...(KERNEL_HAS_IPSET ? [['ipset-save', undefined, 'ipset save', 0]] : []),
        ['ip-address', undefined, 'ip -json address', 0],
        ['ip-route', undefined, 'ip -json route', 0],
        ['sockets-ss', undefined, 'ss -lntu', 0],
        ['sysctls', undefined, "grep -H '' FILE", 0],
        ['versions', undefined, 'PROGRAM -V', 0]
      ]
    )
    const text = (kind: string) => stream.outputs.find((output) => output.kind === kind)?.content.toString()
    if (KERNEL_HAS_NFT)
      t.is(text('nft-ruleset'), 'table ip kube-proxy {\n}\n', 'and not the table nat, which iptables shows')
    t.regex(text('sysctls')!, /^ipv4\/ip_forward:[01]$/m)
    t.regex(text('sysctls')!, /^ipv4\/conf\/all\/rp_filter:[012]$/m)
    t.regex(text('versions')!, /^kernel: \d.*$/m)
    t.is(stream.outputs[0]!.content.toString(), TABLES)
    t.regex(stream.outputs[0]!.stderr, /^# Warning: iptables-legacy tables present/)
  })
}

test('any bytes pass as they are, with any messages and exit code', async (t) => {
  const root = await temporary(t)
  const path = programs(join(root, 'bin'), {
    ss: `cat '${root}/out'; cat '${root}/err' >&2; exit $(cat '${root}/code')`
  })
  const line = fc.oneof(
    fc.constantFrom(
      '',
      MARK,
      `${MARK} exit 0`,
      `${MARK} messages`,
      'exit 0',
      'end x',
      'run a b c',
      '\\n \\0 $(id) `id` %s',
      'snap-exit 0',
      '\r',
      ' '
    ),
    fc.string()
  )
  const text = fc.array(line).map((lines) => lines.join('\n'))
  const bytes = fc.oneof(
    text.map((one) => Buffer.from(one)),
    fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one))
  )
  await fc.assert(
    fc.asyncProperty(
      bytes,
      text.map((one) => one.replaceAll('\0', '')),
      fc.integer({ min: 0, max: 255 }),
      async (out, err, code) => {
        writeFileSync(join(root, 'out'), out)
        writeFileSync(join(root, 'err'), err)
        writeFileSync(join(root, 'code'), String(code))
        const {
          outputs: [output]
        } = await parseNodeStream(runScript(path, ['sockets']), 1 + code)
        t.deepEqual(output!.content, out)
        t.is(output!.stderr.trimEnd(), err.trimEnd())
        t.is(output!.exitCode, code)
      }
    ),
    { numRuns: 60 }
  )
})

test('cut off anywhere, what is given as whole is whole', async (t) => {
  const whole = runScript(nodePrograms(join(await temporary(t), 'bin')))
  const { outputs } = await parseNodeStream(whole)
  for (let length = whole.indexOf('run '); length < whole.length; length++) {
    const cut = await parseNodeStream(whole.subarray(0, length))
    t.is(cut.endedAt, null)
    cut.outputs.forEach((output, index) => {
      if (output.exitCode !== null) t.deepEqual(output, outputs[index])
      else
        t.true(
          startsWith(Buffer.concat([outputs[index]!.content, Buffer.from('\n')]), output.content),
          `${output.kind} at ${length}`
        )
    })
  }
})

function startsWith(whole: Buffer, part: Buffer): boolean {
  return whole.subarray(0, part.length).equals(part)
}

test('sockets are asked of the first program that answers', async (t) => {
  const root = await temporary(t)
  const kinds = async (name: string, texts: { readonly [name: string]: string }) =>
    (await parseNodeStream(runScript(programs(join(root, name), texts), ['sockets']))).outputs.map(
      ({ kind, exitCode }) => `${kind} ${exitCode}`
    )
  t.deepEqual(await kinds('ss', { ss: 'echo' }), ['sockets-ss 0'])
  t.deepEqual(await kinds('netstat', { ss: 'exit 1', netstat: 'echo' }), ['sockets-ss 1', 'sockets-netstat 0'])
  t.deepEqual(await kinds('proc', { ss: 'exit 1', netstat: 'exit 2' }), [
    'sockets-ss 1',
    'sockets-netstat 2',
    'sockets-proc 0'
  ])
})

test("an image with a shell, cat and grep, as kube-proxy's has been since 1.25: what is missing is an output with an exit code of 127", async (t) => {
  const root = await temporary(t)
  const only = programs(join(root, 'bin'), {})
  for (const name of ['sh', 'cat', 'grep']) {
    programs(only, { [name]: `exec ${readdirSync('/bin').includes(name) ? '/bin' : '/usr/bin'}/${name} "$@"` })
  }
  const script = NODE_SCRIPT.replace(/^PATH=.*$/m, `PATH=${only}`)
  const { stdout } = spawnSync('/bin/sh', ['-s'], { input: script, env: { PATH: only } })
  const { outputs, startedAt } = await parseNodeStream(stdout)
  t.is(startedAt, null)
  t.deepEqual(
    outputs.map(({ kind, exitCode }) => `${kind} ${exitCode}`),
    ['iptables-save 127', 'ip6tables-save 127', 'ip-proc 0', 'sockets-proc 0', 'sysctls 0', 'versions 0']
  )
  t.regex(outputs[0]!.stderr, /iptables-save.*not found/)
})

test('an old iptables, before there were two backends, is asked once', async (t) => {
  const path = programs(join(await temporary(t), 'bin'), {
    'iptables-save': 'case $1 in -V) exit 2 ;; esac; echo "*nat"',
    'ip6tables-save': 'case $1 in -V) exit 2 ;; esac',
    'iptables-nft-save': '[ -e /nothing ]',
    'ip6tables-nft-save': '[ -e /nothing ]',
    'iptables-legacy-save': ':',
    'ip6tables-legacy-save': ':'
  })
  const asked = (await parseNodeStream(runScript(path, ['iptables']))).outputs.map(({ kind, backend }) => [
    kind,
    backend
  ])
  t.false(asked.some(([, backend]) => backend === 'legacy'))
})

const HEAD = `snap-node 2 ${MARK}\nhost h\nboot b\nstart s\n`
const wrong: [title: string, text: string, message: RegExp][] = [
  ['nothing', '', /^not the output of collect-node\.sh/],
  ['an iptables-save', TABLES, /^not the output of collect-node\.sh/],
  ["another version's", 'snap-node 1\n', /^written by another version of collect-node\.sh/],
  ['without a mark', 'snap-node 2 x\n', /no mark/],
  ['without a host', `snap-node 2 ${MARK}\nboot x\n`, /^not the output of collect-node\.sh \(no `host`\)/],
  ['with a line of its own', `${HEAD}hello\n`, /^neither `run` nor `end`: "hello"/],
  ['with a kind nobody knows', `${HEAD}run secrets - cat\n`, /^no such kind: "secrets"/],
  ['with a backend nobody knows', `${HEAD}run iptables-save bpf cat\n`, /^no such backend: "bpf"/],
  [
    'with one output twice',
    `${HEAD}run ip-route - x\n\n${MARK} messages\n\n${MARK} exit 0\nrun ip-route - x\n`,
    /^ip-route is there twice/
  ],
  ['without an exit code', `${HEAD}run ip-route - x\na\n${MARK} messages\n\n${MARK} end y\n`, /^no exit code/],
  ['one line without an end', 'x'.repeat(100_000), /^a line without end/]
]
for (const [title, text, message] of wrong) {
  test(`a text that is ${title} is refused`, async (t) =>
    void (await t.throwsAsync(parseNodeStream(Buffer.from(text)), { message })))
}

test('a part that does not exist is refused before anything is claimed', (t) => {
  const { status, stderr, stdout } = spawnSync('sh', ['-s', 'secrets'], { input: NODE_SCRIPT })
  t.is(status, 2)
  t.regex(stderr.toString(), /no such part: secrets/)
  t.is(stdout.length, 0)
})

test.serial('a long line that comes in small pieces is put together once', async (t) => {
  const routes = `[${'{"dst":"10.0.0.0/8"},'.repeat(200_000)}]`
  const text = Buffer.from(
    `snap-node 2 ${MARK}\nhost a\nboot b\nstart -\nrun ip-route - ip -json route\n${routes}\n\n${MARK} messages\n\n${MARK} exit 0\nend -\n`
  )
  const copied: number[] = []
  const { concat } = Buffer
  Buffer.concat = (list: readonly Uint8Array[], length?: number) => {
    const whole = concat(list, length)
    copied.push(whole.length)
    return whole
  }
  try {
    const pieces64: Buffer[] = []
    for await (const event of readNodeStream(pieces(text, 64))) if (event.is === 'content') pieces64.push(event.bytes)
    t.is(concat(pieces64).toString(), `${routes}\n`)
  } finally {
    Buffer.concat = concat
  }
  t.true(copied.reduce((sum, bytes) => sum + bytes, 0) < 3 * text.length)
})

test('an exit code that no program has is none', async (t) => {
  const text = `snap-node 2 ${MARK}\nhost a\nboot b\nstart -\nrun ip-route - ip\n\n${MARK} messages\n\n${MARK} exit 99999999999999999999999\nend -\n`
  await t.throwsAsync(parseNodeStream(Buffer.from(text)), { message: /no exit code/ })
})

for (const withSetsid of [true, false]) {
  test(`a program that hangs is ended with what it started, and the others get less time${withSetsid ? '' : ', without setsid'}`, async (t) => {
    const folder = await temporary(t)
    const path = nodePrograms(join(folder, 'bin'))
    const asked = join(folder, 'asked')
    // A number of seconds that no other process waits for.
    const seconds = `${1000 + Math.floor(Math.random() * 1e6)}.${process.pid}`
    const hangs = withSetsid ? `sleep ${seconds} & sleep ${seconds}` : `exec sleep ${seconds}`
    programs(path, {
      'iptables-save': `echo '*nat'; ${hangs}`,
      ss: hangs,
      wget: `echo "$@" >>${asked}; ${hangs}`,
      curl: 'exit 127'
    })
    const script = NODE_SCRIPT.replace('limit=60', 'limit=2').replace('impatient=5', 'impatient=1')
    const { stdout } = spawnSync('sh', ['-s'], {
      input: withSetsid ? script : script.replace('has setsid', 'false'),
      env: { PATH: `${path}:/usr/bin:/bin` },
      maxBuffer: 1 << 28
    })
    const { outputs, endedAt } = await parseNodeStream(stdout)
    t.not(endedAt, null)
    const of = (kind: string) => outputs.find((output) => output.kind === kind)!
    t.like(of('iptables-save'), { exitCode: 143, stderr: 'iptables-save: no end within 2 s\n' })
    t.is(of('iptables-save').content.toString(), '*nat\n')
    t.like(of('sockets-ss'), { exitCode: 143, stderr: 'ss: no end within 1 s\n' })
    t.is(of('ip-route').exitCode, 0)
    t.is(of('versions').exitCode, 0)
    t.is(readFileSync(asked, 'utf8').trim().split('\n').length, 1, 'asked once')
    t.regex(readFileSync(asked, 'utf8'), /-t 1 -T 2/, 'and by one try of its own')
    const left = () => spawnSync('pgrep', ['-f', `sleep ${seconds}`]).stdout.toString()
    for (let count = 0; left() !== '' && count < 50; count++) await new Promise((resolve) => setTimeout(resolve, 100))
    t.is(left(), '')
  })
}

test('a program whose script is ended does not stay behind', async (t) => {
  const seconds = `${1000 + Math.floor(Math.random() * 1e6)}.${process.pid}`
  const path = programs(join(await temporary(t), 'bin'), { 'iptables-save': `echo begun; exec sleep ${seconds}` })
  const child = spawn('sh', ['-s', 'iptables'], {
    env: { PATH: `${path}:/usr/bin:/bin` },
    stdio: ['pipe', 'pipe', 'ignore']
  })
  child.stdin.end(NODE_SCRIPT)
  for await (const chunk of child.stdout) if (String(chunk).includes('begun')) break
  child.kill('SIGKILL')
  const left = () => spawnSync('pgrep', ['-f', `sleep ${seconds}`]).stdout.toString()
  for (let count = 0; left() !== '' && count < 100; count++) await new Promise((resolve) => setTimeout(resolve, 100))
  t.is(left(), '')
})
