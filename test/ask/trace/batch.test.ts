import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { snap, temporaryFolder } from '../../support/cli.ts'
import { hasOracle, oracleCases, oracleFiles, testWithOracle } from '../../support/oracle.ts'

/** kube-proxy's own rules and packets with known answers, asked of the program as a user's CI would. */

interface Flow {
  name: string
  source: string
  protocol: string
  destination: string
  port: number
  answer: { destinations: string[]; verdict: string | null; masqueradedAny: boolean }
}

interface OracleCase {
  k8sVersion: string
  test: string
  subtest: string
  dumpSave: string
  dumpSaveLegacy: string
  nodeIPs: string[]
  flows: Flow[]
}

interface Outcome {
  verdict: string
  address: string
  share: number
  masqueraded: boolean | 'unknown'
  conditions: { if: string; holds: boolean; newClient?: boolean }[]
}

// A file without a test is an error to AVA: where the oracle is missing, one test says so.
for (const file of [...oracleFiles('iptables'), ...(hasOracle ? [] : ['the oracle'])]) {
  testWithOracle(`every flow of ${file} through --batch --dump has its known answer`, async (t) => {
    const folder = await temporaryFolder()
    const cases = oracleCases<OracleCase>(file)
    t.true(cases.length > 40)
    for (const [index, each] of cases.entries()) await compare(t, folder, index, each)
  })
}

async function compare(t: ExecutionContext, folder: string, index: number, each: OracleCase): Promise<void> {
  const at = join(folder, String(index))
  await mkdir(at)
  // One backend each, in turn: the evaluator's own test compares both for all.
  await writeFile(join(at, 'dump'), index % 2 === 0 ? each.dumpSave : each.dumpSaveLegacy)
  await writeFile(join(at, 'batch'), each.flows.map((flow) => `${JSON.stringify(lineOf(flow))}\n`).join(''))
  const { status, stdout, stderr } = await snap(at, [
    'trace',
    '--batch',
    'batch',
    '--dump',
    'dump',
    '--node-ip',
    each.nodeIPs.join(','),
    '-o',
    'json'
  ])
  t.is(status, 0, stderr)
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; destination: string; outcomes: Outcome[] })
  t.deepEqual(
    answers.map(({ name }) => name),
    each.flows.map(({ name }) => name),
    'one answer each, in order'
  )
  for (const [at, flow] of each.flows.entries()) {
    const what = `${each.k8sVersion} ${each.test} ${each.subtest}: ${flow.name} (${flow.source} -> ${flow.destination}:${flow.port})`
    const { destinations, verdict, masqueradedAny } = flow.answer
    const { outcomes } = answers[at]!
    t.deepEqual(
      summary(outcomes, lineOf(flow).destination),
      { destinations: [...destinations].sort(), verdict, masqueradedAny },
      what
    )
    if (verdict === null && destinations.length === 0)
      t.true(
        outcomes.some(({ verdict, address }) => verdict === 'accepted' && address === lineOf(flow).destination),
        what
      )
    t.true(sharesAddUp(outcomes), `shares of ${what}`)
  }
}

function lineOf({ name, source, protocol, destination, port }: Flow) {
  return {
    name,
    from: source,
    protocol,
    destination: `${destination.includes(':') ? `[${destination}]` : destination}:${port}`
  }
}

const NAMES = new Map([
  ['accepted', null],
  ['dropped', 'DROP'],
  ['rejected', 'REJECT']
])

function summary(outcomes: readonly Outcome[], sentTo: string) {
  const usual = outcomes.filter(({ conditions }) =>
    conditions.every(({ newClient, holds }) => newClient === undefined || newClient === holds)
  )
  const verdicts = new Set(usual.map(({ verdict }) => (NAMES.has(verdict) ? NAMES.get(verdict) : verdict)))
  return {
    destinations: [...new Set(usual.map(({ address }) => address))].filter((address) => address !== sentTo).sort(),
    verdict: verdicts.size === 1 ? [...verdicts][0] : [...verdicts].join(' or '),
    masqueradedAny: usual.some(({ masqueraded }) => masqueraded === true)
  }
}

/** Of the outcomes that agree with any one way the conditions can be. */
function sharesAddUp(outcomes: readonly Outcome[]): boolean {
  return outcomes.every(({ conditions }) => {
    const agreeing = outcomes.filter(
      (other) =>
        other.conditions.every(({ if: text, holds }) => conditions.find((each) => each.if === text)?.holds ?? holds) &&
        conditions.every(
          ({ if: text, holds }) => (other.conditions.find((each) => each.if === text)?.holds ?? holds) === holds
        )
    )
    return Math.abs(agreeing.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9
  })
}

test('what is wrong with a line is said in its own words', async (t) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'dump'), '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n')
  const lines = [
    '{"from": "10.42.0.8"}',
    '{"destination": 7}',
    '[1]',
    '{"destination": "10.43.0.1:80", "expct": {}}',
    '{"destination": "10.43.0.1:80", "expect": {"verdct": "dropped"}}',
    '{"destination": "10.43.0.1:80", "protocol": "icmp"}'
  ]
  await writeFile(join(folder, 'batch'), lines.join('\n'))
  const { status, stderr } = await snap(folder, ['trace', '--batch', 'batch', '--dump', 'dump', '-o', 'json'])
  t.is(status, 2)
  t.deepEqual(stderr.trim().split('\n'), [
    'snap: batch line 1: lacks the field "destination"',
    'snap: batch line 2: field "destination" is 7, which is no text',
    'snap: batch line 3: lacks the field "destination"',
    'snap: batch line 4: field "expct" means nothing to snap; did you mean "expect"?',
    'snap: batch line 5: field "expect.verdct" means nothing to snap: expect has verdict, addresses, masqueraded',
    'snap: batch line 6: field "protocol" is "icmp", which is not one of "tcp", "udp", "sctp"'
  ])
  const both = await snap(folder, ['trace', '10.43.0.1:80', '--batch', 'batch', '--dump', 'dump'])
  t.is(both.stderr, 'snap: trace: both a destination (10.43.0.1:80) and --batch were given; leave one out\n')
})
