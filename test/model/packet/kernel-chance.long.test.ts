/** Shares, refusals and session affinity against this machine's kernel, in network namespaces of our own. */
import test, { type ExecutionContext } from 'ava'
import { rulesOfDump } from '../../../src/model/packet/dump.ts'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import { isForNewClient, type Outcome } from '../../../src/model/packet/outcome.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import type { Probe } from './kernel/agent.ts'
import { Laboratory, laboratoryMissing, nodeHost } from './kernel/laboratory.ts'
import { NO_RULES } from './kernel/ruleset.ts'

const missing = laboratoryMissing()
const withKernel = missing === undefined ? test.serial : test.serial.skip
const needs = missing === undefined ? '' : ` (skipped: ${missing})`

let lab: Laboratory
test.before(async () => {
  if (missing !== undefined) return
  lab = new Laboratory()
  await lab.build()
})
test.after.always(() => lab?.close())

interface Draw {
  readonly name: string
  readonly family: 4 | 6
  readonly nat: readonly string[]
}

const DRAWS: readonly Draw[] = [
  {
    name: 'four endpoints as kube-proxy writes them',
    family: 4,
    nat: [
      '-A PREROUTING -d 10.9.0.2/32 -p udp -j SVC',
      '-A SVC -m statistic --mode random --probability 0.25000000000 -j SEP1',
      '-A SVC -m statistic --mode random --probability 0.33333333349 -j SEP2',
      '-A SVC -m statistic --mode random --probability 0.50000000000 -j SEP3',
      '-A SVC -j SEP4',
      ...[1, 2, 3, 4].map((at) => `-A SEP${at} -p udp -j DNAT --to-destination 10.2.0.${at + 1}:80`)
    ]
  },
  {
    name: 'uneven and nested chances, one of them negated',
    family: 4,
    nat: [
      '-A PREROUTING -d 10.9.0.2/32 -p udp -j SVC',
      '-A SVC -m statistic --mode random --probability 0.10000000009 -j SEP1',
      '-A SVC -m statistic --mode random ! --probability 0.70000000019 -j SEP2',
      '-A SVC -j SEP3',
      '-A SEP1 -p udp -j DNAT --to-destination 10.2.0.2:80',
      '-A SEP2 -m statistic --mode random --probability 0.60000000009 -j RETURN',
      '-A SEP2 -p udp -j DNAT --to-destination 10.2.0.3:81',
      '-A SEP3 -p udp -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination 10.2.0.4:80',
      '-A SEP3 -p udp -j DNAT --to-destination 10.2.0.5:8080',
      '-A POSTROUTING -d 10.2.0.3/32 -j MASQUERADE'
    ]
  },
  {
    name: 'every third packet',
    family: 4,
    nat: [
      '-A PREROUTING -d 10.9.0.2/32 -p udp -m statistic --mode nth --every 3 --packet 0 -j DNAT --to-destination 10.2.0.2:80',
      '-A PREROUTING -d 10.9.0.2/32 -p udp -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 10.2.0.3:80',
      '-A PREROUTING -d 10.9.0.2/32 -p udp -j DNAT --to-destination 10.2.0.4:80'
    ]
  },
  {
    name: 'three endpoints, IPv6',
    family: 6,
    nat: [
      '-A PREROUTING -d fd00:9::2/128 -p udp -m statistic --mode random --probability 0.33333333349 -j DNAT --to-destination [fd00:2::2]:80',
      '-A PREROUTING -d fd00:9::2/128 -p udp -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination [fd00:2::3]:80',
      '-A PREROUTING -d fd00:9::2/128 -p udp -j DNAT --to-destination [fd00:2::4]:80'
    ]
  }
]

const CONNECTIONS = 2400
const BATCH = 300

for (const backend of ['nft', 'legacy'] as const) {
  for (const { name, family, nat } of DRAWS) {
    withKernel(`${CONNECTIONS} connections, ${name}, ${backend}${needs}`, async (t) => {
      const program = `${family === 4 ? 'iptables' : 'ip6tables'}-${backend}`
      const rules = await load(program, family, { nat })
      try {
        const [source, destination] = family === 4 ? ['10.1.0.2', '10.9.0.2'] : ['fd00:1::2', 'fd00:9::2']
        const outcomes = evaluate(rules, nodeHost(new Map()), {
          protocol: 'udp',
          source,
          sourcePort: 20_000,
          destination,
          destinationPort: 53
        })
        const counts = new Map(outcomes.map((outcome) => [endpoint(outcome), 0]))
        for (const tag of await connect(source, destination)) {
          const at = lab.seen.get(tag)?.arrived?.at.join(' ') ?? 'nowhere'
          counts.set(at, (counts.get(at) ?? 0) + 1)
        }
        compareShares(t, outcomes, counts)
      } finally {
        await lab.node.run(`${program}-restore`, NO_RULES)
      }
    })
  }
}

function endpoint({ verdict, packet }: Outcome): string {
  return verdict === 'accepted' ? `${packet.destination} ${packet.destinationPort}` : 'nowhere'
}

async function load(program: string, family: 4 | 6, tables: Readonly<Record<string, readonly string[]>>) {
  const text = NO_RULES.replace(/\*(\w+)\n((?::.*\n)*)/g, (whole, table: string) => {
    const lines = tables[table] ?? []
    const base = /^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/
    const chains = [...new Set(lines.map((line) => line.split(' ')[1]!))].filter((chain) => !base.test(chain))
    return [whole.trimEnd(), ...chains.map((chain) => `:${chain} - [0:0]`), ...lines, ''].join('\n')
  })
  await lab.node.run(`${program}-restore`, text)
  return rulesOfDump(readSave(await lab.node.run(`${program}-save`)), family)
}

let round = 0
let port = 10_000
async function connect(source: string, destination: string): Promise<string[]> {
  const tags: string[] = []
  round++
  for (let sent = 0; sent < CONNECTIONS; sent += BATCH) {
    const probes: Probe[] = Array.from({ length: BATCH }, (_, at) => {
      port = port >= 60_000 ? 10_000 : port + 1
      return { tag: `draw ${round} ${sent + at}`, from: [source, port], to: [destination, 53] }
    })
    tags.push(...probes.map(({ tag }) => tag))
    await lab.send(probes, 100)
  }
  await lab.settled(tags)
  return tags
}

/** Pearson's chi-square below its 1 - 3·10⁻⁷ quantile (Wilson and Hilferty's approximation, z = 5). */
function compareShares(t: ExecutionContext, outcomes: readonly Outcome[], counts: ReadonlyMap<string, number>): void {
  const shares = new Map<string, number>()
  for (const outcome of outcomes) shares.set(endpoint(outcome), (shares.get(endpoint(outcome)) ?? 0) + outcome.share)
  t.deepEqual(
    [...counts].filter(([at, count]) => count > 0 && !shares.has(at)),
    [],
    'somewhere the model does not know'
  )
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  t.is(total, CONNECTIONS)
  let square = 0
  for (const [at, share] of shares) square += ((counts.get(at) ?? 0) - share * total) ** 2 / (share * total)
  const freedom = shares.size - 1
  const limit = freedom * (1 - 2 / (9 * freedom) + 5 * Math.sqrt(2 / (9 * freedom))) ** 3
  const drawn = [...shares].map(([at, share]) => `${at}: ${counts.get(at)} of ${(share * total).toFixed(1)}`)
  t.log(drawn.join(', '), `chi-square ${square.toFixed(2)} < ${limit.toFixed(1)}`)
  t.true(square < limit)
}

withKernel(
  `session affinity: the first connection is a new client’s, the next ones find their endpoint${needs}`,
  async (t) => {
    const endpoints = [1, 2, 3]
    const recent = (at: number, action: string) =>
      `-m recent ${action} --name SNAP-SEP${at} --mask 255.255.255.255 --rsource`
    const chance = ['0.33333333349', '0.50000000000'].map((each) => `-m statistic --mode random --probability ${each} `)
    const rules = await load('iptables-nft', 4, {
      nat: [
        '-A PREROUTING -d 10.9.0.3/32 -p udp -j SVC',
        ...endpoints.map((at) => `-A SVC ${recent(at, '--rcheck --seconds 10800 --reap')} -j SEP${at}`),
        ...endpoints.map((at) => `-A SVC ${chance[at - 1] ?? ''}-j SEP${at}`),
        ...endpoints.map(
          (at) => `-A SEP${at} -p udp ${recent(at, '--set')} -m udp -j DNAT --to-destination 10.2.0.${at + 1}:80`
        )
      ]
    })
    try {
      for (const source of ['10.1.0.2', '10.1.0.3']) {
        const packet = { protocol: 'udp', source, destination: '10.9.0.3', destinationPort: 53 }
        const outcomes = evaluate(rules, nodeHost(new Map()), packet)
        const probes = [0, 1, 2, 3, 4, 5].map((at): Probe => {
          return { tag: `affinity ${source} ${at}`, from: [source, 61_000 + at], to: ['10.9.0.3', 53] }
        })
        for (const probe of probes) {
          await lab.send([probe], 40)
          await lab.settled([probe.tag])
        }
        const [first, ...later] = probes.map(({ tag }) => lab.seen.get(tag)?.arrived?.at.join(' '))
        t.true(
          outcomes.filter(isForNewClient).some((outcome) => endpoint(outcome) === first),
          'a new client’s endpoint'
        )
        const list = `SNAP-SEP${Number(first?.split(' ')[0]?.split('.')[3]) - 1}`
        const supposed = `list ${list} has seen ${source}`
        const seen = outcomes.filter(({ conditions }) =>
          conditions.some(({ holds, text }) => holds && text.startsWith(supposed))
        )
        t.deepEqual(
          seen.map(({ share }) => share),
          [1]
        )
        t.deepEqual([...new Set(later)], seen.map(endpoint))
      }
    } finally {
      await lab.node.run('iptables-nft-restore', NO_RULES)
    }
  }
)

const REFUSALS: readonly (readonly [
  name: string,
  rule: string,
  source: string,
  destination: string,
  error: string | undefined
])[] = [
  ['REJECT of a forwarded packet', '-A FORWARD -p udp -j REJECT', '10.1.0.2', '10.2.0.2', 'ECONNREFUSED'],
  ['REJECT on the way in', '-A INPUT -p udp -j REJECT', '10.1.0.2', '10.1.0.1', 'ECONNREFUSED'],
  [
    'an administrator’s REJECT',
    '-A FORWARD -p udp -j REJECT --reject-with icmp-admin-prohibited',
    '10.1.0.2',
    '10.2.0.2',
    'EHOSTUNREACH'
  ],
  ['DROP of a forwarded packet', '-A FORWARD -p udp -j DROP', '10.1.0.2', '10.2.0.2', undefined],
  ['DROP of what the node sends', '-A OUTPUT -p udp -j DROP', '10.1.0.1', '10.2.0.2', 'EPERM']
]

for (const [at, [name, rule, source, destination, error]] of REFUSALS.entries()) {
  withKernel(`${name}: told apart as the sender sees it${needs}`, async (t) => {
    const rules = await load('iptables-nft', 4, { filter: [rule] })
    try {
      const [outcome] = evaluate(rules, nodeHost(new Map()), {
        protocol: 'udp',
        source,
        destination,
        destinationPort: 80
      })
      const tag = `refusal ${at}`
      await lab.send([{ tag, from: [source, 62_000 + at], to: [destination, 80] }], 80)
      t.is(lab.seen.get(tag)?.arrived, undefined)
      t.is(lab.seen.get(tag)?.refused, error)
      t.is(outcome?.verdict, name.includes('REJECT') ? 'rejected' : 'dropped')
      const told: Readonly<Record<string, string>> = {
        'icmp-port-unreachable': 'ECONNREFUSED',
        'icmp-admin-prohibited': 'EHOSTUNREACH'
      }
      if (outcome?.rejectWith) t.is(told[outcome.rejectWith], error)
    } finally {
      await lab.node.run('iptables-nft-restore', NO_RULES)
    }
  })
}
