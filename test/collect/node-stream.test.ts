import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { parseNodeStream } from '../../src/collect/node-stream.ts'
import { NODE_SCRIPT, nodePrograms, programs, TABLES, temporary } from './cluster-fixture.ts'

const SHELLS = ['sh', 'dash', 'bash', 'mksh', 'ksh'].map((shell) => spawnSync('sh', ['-c', `command -v ${shell}`]).stdout.toString().trim()).filter((path) => path !== '')

function runScript(path: string, parts: readonly string[] = [], shell = 'sh'): Buffer {
  const { stdout, stderr, status } = spawnSync(shell, ['-s', ...parts], { input: NODE_SCRIPT, env: { PATH: `${path}:/usr/bin:/bin` }, maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${status}: ${stderr.toString()}`)
  return stdout
}

for (const shell of SHELLS) {
  test(`the script under ${shell}: every program with its output, messages and exit code`, async (t) => {
    const stream = parseNodeStream(runScript(nodePrograms(join(await temporary(t), 'bin')), [], shell))
    t.is(stream.host, spawnSync('uname', ['-n']).stdout.toString().trim())
    t.regex(stream.bootId!, /^[0-9a-f-]{36}$/)
    t.regex(stream.startedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    t.regex(stream.endedAt!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    t.deepEqual(stream.outputs.map(({ kind, backend, command, exitCode }) => [kind, backend, command.join(' '), exitCode]), [
      ['iptables-save', undefined, 'iptables-save -c', 0],
      ['iptables-save', 'legacy', 'iptables-legacy-save -c', 0],
      ['ip6tables-save', undefined, 'ip6tables-save -c', 0],
      ['ip6tables-save', 'legacy', 'ip6tables-legacy-save -c', 0],
      ['ip-address', undefined, 'ip -json address', 0],
      ['ip-route', undefined, 'ip -json route', 0],
      ['sockets-ss', undefined, 'ss -lntu', 0]
    ])
    t.is(stream.outputs[0]!.content.toString(), TABLES)
    t.regex(stream.outputs[0]!.stderr, /^# Warning: iptables-legacy tables present/)
  })
}

test('any bytes pass as they are, with any messages and exit code', async (t) => {
  const root = await temporary(t)
  const path = programs(join(root, 'bin'), { ss: `cat '${root}/out'; cat '${root}/err' >&2; exit $(cat '${root}/code')` })
  const line = fc.oneof(fc.constantFrom('', '|', '!', 'exit 0', 'end x', 'run a b c', '\\n \\0 $(id) `id` %s', 'snap-exit 0', '\r', ' '), fc.string())
  const text = fc.array(line).map((lines) => lines.join('\n'))
  const bytes = fc.oneof(text.map((one) => Buffer.from(one)), fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one)))
  fc.assert(fc.property(bytes, text.map((one) => one.replaceAll('\0', '')), fc.integer({ min: 0, max: 255 }), (out, err, code) => {
    writeFileSync(join(root, 'out'), out)
    writeFileSync(join(root, 'err'), err)
    writeFileSync(join(root, 'code'), String(code))
    const { outputs: [output] } = parseNodeStream(runScript(path, ['sockets']))
    t.deepEqual(output!.content, out)
    t.is(output!.stderr.trimEnd(), err.trimEnd())
    t.is(output!.exitCode, code)
  }), { numRuns: 60 })
})

test('cut off anywhere, what is given as whole is whole', async (t) => {
  const whole = runScript(nodePrograms(join(await temporary(t), 'bin')))
  const { outputs } = parseNodeStream(whole)
  for (let length = whole.indexOf('run '); length < whole.length; length++) {
    const cut = parseNodeStream(whole.subarray(0, length))
    t.is(cut.endedAt, null)
    cut.outputs.forEach((output, index) => {
      if (output.exitCode !== null) t.deepEqual(output, outputs[index])
      else t.deepEqual(output.content, outputs[index]!.content.subarray(0, output.content.length))
    })
  }
})

test('sockets are asked of the first program that answers', async (t) => {
  const root = await temporary(t)
  const kinds = (name: string, texts: { readonly [name: string]: string }) =>
    parseNodeStream(runScript(programs(join(root, name), texts), ['sockets'])).outputs.map(({ kind, exitCode }) => `${kind} ${exitCode}`)
  t.deepEqual(kinds('ss', { ss: 'echo' }), ['sockets-ss 0'])
  t.deepEqual(kinds('netstat', { ss: 'exit 1', netstat: 'echo' }), ['sockets-ss 1', 'sockets-netstat 0'])
  t.deepEqual(kinds('proc', { ss: 'exit 1', netstat: 'exit 2' }), ['sockets-ss 1', 'sockets-netstat 2', 'sockets-proc 0'])
})

test('a program that is missing is an output with an exit code of 127', async (t) => {
  const root = await temporary(t)
  const only = programs(join(root, 'bin'), {})
  for (const name of ['sh', 'sed', 'uname', 'date', 'cat', 'grep']) {
    programs(only, { [name]: `exec ${readdirSync('/bin').includes(name) ? '/bin' : '/usr/bin'}/${name} "$@"` })
  }
  const script = NODE_SCRIPT.replace(/^PATH=.*$/m, `PATH=${only}`)
  const { stdout } = spawnSync('/bin/sh', ['-s'], { input: script, env: { PATH: only } })
  const { outputs } = parseNodeStream(stdout)
  t.deepEqual(outputs.map(({ kind, exitCode }) => `${kind} ${exitCode}`),
    ['iptables-save 127', 'ip6tables-save 127', 'ip-address 127', 'ip-route 127', 'sockets-proc 0'])
  t.regex(outputs[0]!.stderr, /iptables-save.*not found/)
})

test('an old iptables, before there were two backends, is asked once', async (t) => {
  const path = programs(join(await temporary(t), 'bin'), {
    'iptables-save': 'case $1 in -V) exit 2 ;; esac; echo "*nat"', 'ip6tables-save': 'case $1 in -V) exit 2 ;; esac',
    'iptables-nft-save': '[ -e /nothing ]', 'ip6tables-nft-save': '[ -e /nothing ]', 'iptables-legacy-save': ':', 'ip6tables-legacy-save': ':'
  })
  const asked = parseNodeStream(runScript(path, ['iptables'])).outputs.map(({ kind, backend }) => [kind, backend])
  t.false(asked.some(([, backend]) => backend === 'legacy'))
})

const wrong: [title: string, text: string, message: RegExp][] = [
  ['nothing', '', /line 0: not the output of collect-node\.sh/],
  ['an iptables-save', TABLES, /line 1: not the output of collect-node\.sh/],
  ['a newer script\'s', 'snap-node 2\n', /line 1: written by a newer collect-node\.sh/],
  ['without a host', 'snap-node 1\nboot x\n', /line 2: not the output of collect-node\.sh \(no `host`\)/],
  ['with a line of its own', 'snap-node 1\nhost h\nboot b\nstart s\nhello\n', /line 5: neither `run` nor `end`/],
  ['with a kind nobody knows', 'snap-node 1\nhost h\nboot b\nstart s\nrun secrets - cat\n', /line 5: no such kind: "secrets"/],
  ['with a backend nobody knows', 'snap-node 1\nhost h\nboot b\nstart s\nrun iptables-save bpf cat\n', /line 5: no such backend: "bpf"/],
  ['with one output twice', 'snap-node 1\nhost h\nboot b\nstart s\nrun ip-route - x\n\nexit 0\nrun ip-route - x\n\nexit 0\n', /line 10: ip-route is there twice/],
  ['without an exit code', 'snap-node 1\nhost h\nboot b\nstart s\nrun iptables-save - x\n|a\n\nend y\n', /line 8: no exit code/]
]
for (const [title, text, message] of wrong) {
  test(`a text that is ${title} is refused with its line`, (t) => void t.throws(() => parseNodeStream(Buffer.from(text)), { message }))
}

test('a part that does not exist is refused before anything is claimed', (t) => {
  const { status, stderr, stdout } = spawnSync('sh', ['-s', 'secrets'], { input: NODE_SCRIPT })
  t.is(status, 2)
  t.regex(stderr.toString(), /no such part: secrets/)
  t.is(parseNodeStream(stdout).endedAt, null)
})
