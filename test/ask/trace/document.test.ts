import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { importedSamples, root, snap, temporaryFolder } from '../../support/cli.ts'

/** docs/trace.md is the contract: its example and its tests of a Service are run as they stand there. */

const contract = readFileSync(join(root, 'docs/trace.md'), 'utf8')
const dump = ['--dump', join(root, 'test/fixtures/trace/iptables-save.txt'), '--node-ip', '192.168.0.2']

test('the documented command prints the documented object', async (t) => {
  const command = /^snap (trace \S+ --dump .*)$/m.exec(contract.slice(contract.indexOf('## The answer as JSON')))![1]!
  const documented = JSON.parse(/```json\n([\s\S]*?)```/.exec(contract)![1]!) as { steps: unknown[] }
  const { status, stdout } = await snap(root, command.split(' '))
  t.is(status, 0)
  const { steps, ...answer } = JSON.parse(stdout) as { steps: unknown[] }
  t.deepEqual({ ...answer, steps: steps.slice(0, documented.steps.length) }, documented)
})

test('the documented batch passes', async (t) => {
  const lines = contract.split('\n').filter((line) => line.startsWith('{"name":'))
  const answers = await batch(lines)
  t.is(answers.status, 0, answers.stderr)
  t.deepEqual(
    answers.printed.map(({ name, passed, failures }) => ({ name, passed, failures })),
    [
      { name: 'web', passed: true, failures: [] },
      { name: 'empty', passed: true, failures: [] }
    ]
  )
  t.regex(answers.stderr, /2 of 2 expectations met/)
})

for (const [expect, failure] of [
  [{ verdict: 'dropped' }, /^expected dropped, is accepted at 10.42.0.7:8080 \(forwarded/],
  [{ verdict: 'delivered' }, /^expected delivered, is accepted/],
  [{ addresses: ['10.42.0.7:8080'] }, /^reaches 10.42.1.9:8080, which was not expected$/],
  [
    { addresses: ['10.42.0.7:8080', '10.42.1.9:8080', '10.42.2.2:8080'] },
    /^expected 10.42.2.2:8080, which is not reached$/
  ],
  [{ masqueraded: false }, /^expected not masqueraded, is masqueraded at 10.42.0.7:8080/]
] as const) {
  test(`an expectation that is not met says so: ${JSON.stringify(expect)}`, async (t) => {
    const { status, printed } = await batch([JSON.stringify({ destination: '10.43.7.80:80', expect })])
    t.is(status, 1)
    t.false(printed[0]!.passed)
    t.regex(printed[0]!.failures![0]!, failure)
  })
}

test('an answer that holds in one case only does not meet an expectation', async (t) => {
  const folder = await temporaryFolder()
  const rules =
    '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -i eth9 -j DROP\nCOMMIT\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n'
  await writeFile(join(folder, 'dump'), rules)
  const line = { destination: '10.0.0.1:80', expect: { verdict: 'accepted' } }
  await writeFile(
    join(folder, 'batch'),
    `${JSON.stringify(line)}\n${JSON.stringify({ ...line, inInterface: 'eth0' })}\n`
  )
  const { status, stdout } = await snap(folder, [
    'trace',
    '--batch',
    'batch',
    '--dump',
    'dump',
    '--node-ip',
    '10.0.0.9'
  ])
  t.is(status, 1)
  const [either, known] = stdout
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each) as Answer)
  t.deepEqual(either!.failures, [
    'expected accepted, is dropped at 10.0.0.1:80, if the packet arrives on eth9 (filter FORWARD rule 1: -i eth9 -j DROP)'
  ])
  t.true(known!.passed)
})

test('a line that cannot be answered has an error, the others their answers', async (t) => {
  const { status, printed } = await batch([
    '{"destination":"10.43.7.80:80","form":"10.0.0.1"}',
    'no json',
    '{"destination":"web.demo.svc:80"}',
    '{"destination":"[fd00::1]:80"}',
    '{"destination":"10.43.7.80:80","expect":{"verdict":"fine"}}',
    '{"destination":"10.43.9.9:80","from":null}'
  ])
  t.is(status, 2)
  t.deepEqual(
    printed.map(({ error, outcomes }) => error ?? outcomes!.map(({ verdict }) => verdict).join()),
    [
      'field "form" means nothing to snap; did you mean "from"?',
      'is no JSON; give one object a line, such as {"destination":"10.43.0.10:53","protocol":"udp"}',
      'trace: web.demo.svc:80: a dump knows no names; give IP:port or [IPv6]:port, or trace in a snapshot',
      "trace: [fd00::1]:80 needs the node's IPv6 rules; give ip6tables-save with --ip6-dump, or nft list ruleset with --nft",
      'field "expect.verdict" is "fine", which is not one of "delivered", "accepted", "dropped", "rejected", "unknown"',
      'rejected'
    ]
  )
})

test("without the node's addresses both cases of the destination are told, where they differ", async (t) => {
  const node = (args: string[]) => snap(root, ['trace', ...args, ...dump.slice(0, 2), '-o', 'json'])
  const alike = JSON.parse((await node(['10.43.7.80:80'])).stdout) as Answer
  t.deepEqual(
    alike.outcomes!.map(({ conditions }) => conditions),
    [[], []]
  )
  const differing = JSON.parse((await node(['10.9.9.9:80'])).stdout) as Answer
  t.deepEqual(
    differing.outcomes!.map(({ conditions, share }) => [conditions.map((each) => [each.if, each.holds]), share]),
    [
      [[['10.9.9.9 is an address of the node', true]], 1],
      [[['10.9.9.9 is an address of the node', false]], 1]
    ]
  )
})

for (const [args, message] of [
  [['trace'], /give a destination, or --batch/],
  [['trace', '10.0.0.1:80', '--batch', '-'], /both a destination \(10\.0\.0\.1:80\) and --batch were given/],
  [['trace', '10.0.0.1:80', '--dump', 'x', '-s', 'latest'], /not both/],
  [['trace', '10.0.0.1:80', '--node-ip', '10.0.0.1'], /--node-ip goes with --dump/],
  [['trace', '10.0.0.1:80', '--dump', 'missing'], /missing cannot be read: ENOENT/],
  [['trace', '10.0.0.1:80', '--dump', 'package.json'], /package.json has no table of rules/],
  [
    ['trace', '10.0.0.1:80', '--dump', 'test/fixtures/trace/iptables-save.txt', '--node-ip', 'eth0'],
    /--node-ip eth0 is no IP address/
  ],
  [
    ['trace', '10.0.0.1:80', '--dump', 'test/fixtures/trace/iptables-save.txt', '--from', 'pod/a/b'],
    /a dump knows no pods/
  ],
  [['trace', '--batch', 'missing', '--dump', 'test/fixtures/trace/iptables-save.txt'], /missing cannot be read/]
] as const) {
  test(`says what is wrong with: snap ${args.join(' ')}`, async (t) => {
    const { status, stderr } = await snap(root, args)
    t.is(status, 2)
    t.regex(stderr, message)
    t.is(stderr.trim().split('\n').length, 1, stderr)
  })
}

interface Answer {
  name?: string
  passed?: boolean
  failures?: string[]
  error?: string
  outcomes?: { verdict: string; why: string; share: number; conditions: { if: string; holds: boolean }[] }[]
}

async function batch(lines: readonly string[]): Promise<{ status: number; stderr: string; printed: Answer[] }> {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'batch'), `${lines.join('\n')}\n`)
  const { status, stdout, stderr } = await snap(folder, ['trace', '--batch', 'batch', ...dump])
  return {
    status,
    stderr,
    printed: stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer)
  }
}

test('expectations of a snapshot hold on every node, and name the one where they do not', async (t) => {
  const folder = await importedSamples()
  const { stdout } = await snap(folder, [
    'trace',
    'service/demo/web',
    '-s',
    '2026-11-22',
    '--node',
    'kube-master',
    '-o',
    'json'
  ])
  const addresses = (JSON.parse(stdout) as { outcomes: { address: string }[] }).outcomes.map(({ address }) => address)
  await writeFile(
    join(folder, 'web'),
    JSON.stringify({ destination: 'service/demo/web', expect: { verdict: 'accepted', addresses } })
  )
  t.is((await snap(folder, ['trace', '--batch', 'web', '-s', '2026-11-22'])).status, 0)
  const after = await snap(folder, ['trace', '--batch', 'web', '-s', '2026-11-23'])
  t.is(after.status, 1)
  const { failures, sameFor, others } = JSON.parse(after.stdout) as {
    failures: string[]
    sameFor: { node: string }[]
    others: { node: string }[]
  }
  t.true(
    failures.some((failure) => failure.includes('on kube-master')) &&
      !failures.some((failure) => failure.includes('on kube-worker2'))
  )
  t.deepEqual([sameFor.map(({ node }) => node), others.map(({ node }) => node)], [['kube-worker1'], ['kube-worker2']])
})

test('a batch from standard input, with the addresses before or after, once or twice', async (t) => {
  const line = '{"destination":"192.168.0.2:80"}\n'
  for (const options of [
    ['--node-ip', '10.0.0.1,192.168.0.2', '--batch', '-'],
    ['--batch', '-', '--node-ip', '10.0.0.1', '--node-ip', '192.168.0.2']
  ]) {
    const child = spawn(process.execPath, [join(root, 'dist/bin/snap.js'), 'trace', ...options, ...dump.slice(0, 2)])
    child.stdin.end(line)
    const answer = JSON.parse(Buffer.concat((await child.stdout.toArray()) as Buffer[]).toString()) as Answer
    t.deepEqual(
      answer.outcomes!.map(({ why, conditions }) => [why, conditions]),
      [['delivered to the node, filter INPUT: policy ACCEPT', []]]
    )
  }
  const { stdout } = await snap(root, ['trace', ...dump, '10.43.9.9:80', '-o', 'json'])
  t.is((JSON.parse(stdout) as Answer).outcomes![0]!.verdict, 'rejected')
})
