import test from 'ava'
import { loadChecks } from '../../../src/ask/check/catalogue.ts'
import { runChecks } from '../../../src/ask/check/run.ts'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { trace } from '../../../src/ask/trace/trace.ts'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { facts } from '../../support/capture.ts'
import { sampleItems } from '../../support/sample.ts'
import { memorySnapshot } from '../../support/snapshot.ts'
import { TAKEN } from './checking.ts'

/**
 * What is not in the input is not absent on the node: with a table, a chain or the last line left out of one node's dump, no check finds for
 * certain what it does not find in the whole dump, and trace says the same or that it is unknown. A sample in the suite; every table, chain
 * and frontend with SNAP_TEST_TABLES=full.
 */

const FULL = process.env['SNAP_TEST_TABLES'] === 'full'
const NODE = 'kube-worker2'
/** What speaks of the dump, not of the node. */
const OF_THE_DUMP = new Set(['SNAP-INCOMPLETE', 'JUMP-DANGLING'])
const checks = loadChecks([])
/** As files in a folder: the command that printed them is not known. */
const items = (await sampleItems('2026-11-22T12-00-00Z')).map((item) =>
  item.kind === 'iptables-save' ? { ...item, command: [] } : item
)
const whole = items.find(isTheDump)!.content!.toString('utf8')

interface Said {
  readonly findings: ReadonlySet<string>
  /** What trace says of each frontend. */
  readonly answers: ReadonlyMap<string, Answer>
}

interface Answer {
  readonly verdict: string
  /** Conditions, and what is taken for granted. */
  readonly doubts: ReadonlySet<string>
}

function isTheDump({ kind, node }: CollectedItem): boolean {
  return kind === 'iptables-save' && node === NODE
}

async function say(dump: string): Promise<Said> {
  const store = openStore(':memory:')
  try {
    const changed = items.map((item) => (isTheDump(item) ? { ...item, content: Buffer.from(dump) } : item))
    const { snapshot } = await importSnapshot(store, memorySnapshot(facts(TAKEN), changed), TAKEN)
    scopeTo(store, snapshot)
    return { findings: certain(store, snapshot), answers: answers(store, snapshot) }
  } finally {
    store.close()
  }
}

function certain(store: Store, snapshot: string): Set<string> {
  return new Set(
    runChecks(store, snapshot, checks).flatMap(({ findings, explained }) =>
      [...findings, ...explained]
        .filter(({ code, unsure }) => unsure === '' && !OF_THE_DUMP.has(code))
        .map(({ code, object, node }) => `${code} ${object} ${node}`)
    )
  )
}

function answers(store: Store, snapshot: string): Map<string, Answer> {
  const frontends = store
    .prepare(
      `SELECT DISTINCT address, port, lower(protocol) AS protocol FROM frontends WHERE address <> '' AND instr(address, ':') = 0 ORDER BY kind, address, port`
    )
    .all() as { address: string; port: number; protocol: 'tcp' | 'udp' }[]
  const asked = FULL ? frontends : frontends.filter((_, index) => index % 6 === 0)
  return new Map(
    asked.flatMap(({ address, port, protocol }) =>
      ['external', `node/${NODE}`].map((from): [string, Answer] => {
        const request = { destination: `${address}:${port}`, protocol, node: NODE, from }
        return [`${address}:${port}/${protocol} from ${from}`, answer(trace(store, snapshot, request))]
      })
    )
  )
}

function answer({ nodes }: ReturnType<typeof trace>): Answer {
  const ways = nodes.flatMap((node) => node.ways)
  return {
    verdict: [...new Set(ways.map(({ arrival }) => `${arrival.verdict} ${arrival.address}`))].sort().join(', '),
    doubts: new Set(
      ways.flatMap(({ conditions, assumptions }) => [...assumptions, ...conditions.map(({ text }) => text)])
    )
  }
}

/** Whether the answer is another one, and does not say what it rests on. */
function isContrary(now: Answer, before: Answer): boolean {
  return (
    now.verdict !== before.verdict &&
    !now.verdict.includes('unknown ') &&
    [...now.doubts].every((doubt) => before.doubts.has(doubt))
  )
}

/** Text left out of the dump, by what it is. */
function leftOut(): { what: string; dump: string }[] {
  const tables = [...whole.matchAll(/^\*(\w+)$[^]*?^COMMIT$\n/gm)].map(([text, name = '']) => ({ text, name }))
  const chains = tables.flatMap(({ text, name }) =>
    // To a canary nothing leads: a dump without is whole.
    [...text.matchAll(/^:(?!\S*CANARY)(\S+) /gm)].map(([, chain = '']) => ({
      what: `chain ${chain} of table ${name}`,
      dump: whole.replace(text, () => withoutChain(text, chain))
    }))
  )
  const ends = [...whole.matchAll(/^COMMIT$/gm)].map(({ index }) => index)
  const middle = whole.indexOf('\n', Math.floor(whole.length / 2))
  return [
    ...tables.map(({ text, name }) => ({ what: `table ${name}`, dump: whole.replace(text, '') })),
    ...(FULL
      ? chains
      : chains.filter(
          ({ what }, index) =>
            index % 50 === 23 || /(?:PREROUTING of table nat|FORWARD of table filter|KUBE-SERVICES of)/.test(what)
        )),
    { what: 'the last line', dump: whole.slice(0, ends.at(-1)) },
    { what: 'the last half of the last line', dump: whole.slice(0, ends.at(-1)! - 20) },
    { what: 'the second half, at the end of a line', dump: whole.slice(0, middle + 1) },
    { what: 'the second half, within a line', dump: whole.slice(0, middle - 15) }
  ]
}

function withoutChain(text: string, chain: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith(`:${chain} `) && !line.includes(`-A ${chain} `))
    .join('\n')
}

const usual = await say(whole)

for (const { what, dump } of leftOut()) {
  test.serial(`${what} is left out`, async (t) => {
    t.not(dump, whole)
    const said = await say(dump)
    t.deepEqual(
      [...said.findings].filter((finding) => !usual.findings.has(finding)),
      []
    )
    t.deepEqual(
      [...said.answers]
        .filter(([asked, now]) => isContrary(now, usual.answers.get(asked)!))
        .map(([asked, { verdict }]) => `${asked}: ${verdict}, was ${usual.answers.get(asked)!.verdict}`),
      []
    )
  })
}

test('the whole dump is certain of something', (t) => {
  t.true([...usual.answers.values()].some(({ verdict }) => verdict.includes('accepted')))
  t.true(leftOut().length > 15)
})
