/** What numgen draws, and who sets of seen clients send where, against this machine's kernel. */
import test from 'ava'
import { evaluate } from '../../../../src/model/packet/evaluate.ts'
import { nftRulesOf, type RuleSystems } from '../../../../src/model/packet/nft/rules.ts'
import { isForNewClient, type Outcome } from '../../../../src/model/packet/outcome.ts'
import { readRuleset } from '../../../../src/parse/nft/read.ts'
import { nftMissing } from '../../../parse/nft/real-nft.ts'
import type { Probe } from '../kernel/agent.ts'
import { Laboratory, laboratoryMissing, nodeHost } from '../kernel/laboratory.ts'

const missing = laboratoryMissing() ?? nftMissing()
const withKernel = missing === undefined ? test.serial : test.serial.skip
const needs = missing === undefined ? '' : ` (skipped: ${missing})`
const NFT = '/usr/sbin/nft'

let lab: Laboratory
test.before(async () => {
  if (missing !== undefined) return
  lab = new Laboratory()
  await lab.build()
})
test.after.always(() => lab?.close())

async function load(body: string): Promise<RuleSystems> {
  await lab.node.run(`${NFT} flush ruleset`)
  await lab.node.run(`${NFT} -f -`, `table ip t {\n${body}\n}\n`)
  const ruleset = readRuleset(await lab.node.run(`${NFT} list ruleset`))
  return { family: 4, iptables: [], nft: nftRulesOf(ruleset, 4) }
}

const NAT = 'type nat hook prerouting priority dstnat;'

const DRAWS: readonly (readonly [name: string, body: string])[] = [
  [
    'three endpoints in a map of numgen, as kube-proxy 1.36 writes them',
    `chain p { ${NAT}\n meta l4proto udp dnat ip to numgen random mod 3 map { 0 : 10.2.0.2 . 80, 1 : 10.2.0.3 . 80, 2 : 10.2.0.4 . 80 }\n}`
  ],
  [
    'chains by a vmap of numgen, uneven, one number without an element',
    `chain a { meta l4proto udp dnat to 10.2.0.2:80\n}\nchain b { meta l4proto udp dnat to 10.2.0.3:81\n}
     chain p { ${NAT}\n numgen random mod 8 vmap { 0-2 : goto a, 3 : goto b, 5 : goto b }\n meta l4proto udp dnat to 10.2.0.5:8080\n}`
  ],
  [
    'a number compared, one after another, and one in turn',
    `chain p { ${NAT}\n numgen random mod 10 < 3 meta l4proto udp dnat to 10.2.0.2:80\n numgen inc mod 2 0 meta l4proto udp dnat to 10.2.0.3:81\n meta l4proto udp dnat to 10.2.0.4:80\n}`
  ],
  [
    'a mark that is drawn',
    `chain m { type filter hook prerouting priority mangle;\n meta mark set numgen random mod 4 offset 1 map { 1-2 : 0x1, 3-4 : 0x2 }\n}
     chain p { ${NAT}\n meta mark 0x1 meta l4proto udp dnat to 10.2.0.2:80\n meta l4proto udp dnat to 10.2.0.3:81\n}`
  ]
]

const CONNECTIONS = 1200
const BATCH = 300
let port = 10_000

for (const [name, body] of DRAWS) {
  withKernel(`${CONNECTIONS} connections, ${name}${needs}`, async (t) => {
    const rules = await load(body)
    const packet = {
      protocol: 'udp',
      source: '10.1.0.2',
      sourcePort: 9_999,
      destination: '10.9.0.2',
      destinationPort: 53
    }
    const shares = new Map<string, number>()
    for (const outcome of evaluate(rules, nodeHost(new Map()), packet)) {
      t.deepEqual(outcome.conditions, [])
      shares.set(placeOf(outcome), (shares.get(placeOf(outcome)) ?? 0) + outcome.share)
    }
    const counts = new Map<string, number>()
    for (let sent = 0; sent < CONNECTIONS; sent += BATCH) {
      const probes = Array.from({ length: BATCH }, (_, at): Probe => {
        port++
        return { tag: `${name} ${sent + at}`, from: ['10.1.0.2', port], to: ['10.9.0.2', 53] }
      })
      await lab.send(probes, 100)
      await lab.settled(probes.map(({ tag }) => tag))
      for (const { tag } of probes) {
        const at = lab.seen.get(tag)?.arrived?.at.join(' ') ?? 'nowhere'
        counts.set(at, (counts.get(at) ?? 0) + 1)
      }
    }
    t.deepEqual(
      [...counts.keys()].filter((at) => !shares.has(at)),
      []
    )
    let square = 0
    for (const [at, share] of shares)
      square += ((counts.get(at) ?? 0) - share * CONNECTIONS) ** 2 / (share * CONNECTIONS)
    const freedom = shares.size - 1
    const limit = freedom * (1 - 2 / (9 * freedom) + 5 * Math.sqrt(2 / (9 * freedom))) ** 3
    t.log(
      [...shares].map(([at, share]) => `${at}: ${counts.get(at) ?? 0} of ${share * CONNECTIONS}`).join(', '),
      square
    )
    t.true(square < limit, `chi-square ${square} of ${limit}`)
  })
}

function placeOf({ verdict, packet }: Outcome): string {
  return verdict === 'accepted' ? `${packet.destination} ${packet.destinationPort}` : 'nowhere'
}

withKernel(`session affinity: a new client is drawn an endpoint, and finds it again${needs}`, async (t) => {
  const ends = [2, 3, 4]
  const rules = await load(
    [
      ...ends.map((at) => `set seen${at} { type ipv4_addr; flags dynamic,timeout; timeout 3h; }`),
      ...ends.map(
        (at) => `chain end${at} { update @seen${at} { ip saddr }\n meta l4proto udp dnat to 10.2.0.${at}:80\n}`
      ),
      `chain p { ${NAT}`,
      ...ends.map((at) => `ip saddr @seen${at} goto end${at}`),
      `numgen random mod 3 vmap { ${ends.map((at) => `${at - 2} : goto end${at}`).join(', ')} }`,
      '}'
    ].join('\n')
  )
  const packet = { protocol: 'udp', source: '10.1.0.3', sourcePort: 7, destination: '10.9.0.3', destinationPort: 53 }
  const outcomes = evaluate(rules, nodeHost(new Map()), packet)
  const fresh = outcomes.filter(isForNewClient)
  t.deepEqual(
    fresh.map(({ share }) => Math.round(share * 3)),
    [1, 1, 1]
  )
  const tags = [0, 1, 2, 3, 4, 5].map((at) => `seen ${at}`)
  for (const [at, tag] of tags.entries()) {
    await lab.send([{ tag, from: ['10.1.0.3', 61_000 + at], to: ['10.9.0.3', 53] }], 40)
    await lab.settled([tag])
  }
  const places = tags.map((tag) => lab.seen.get(tag)?.arrived?.at.join(' '))
  t.is(new Set(places).size, 1)
  t.true(fresh.some((outcome) => placeOf(outcome) === places[0]))
  const text = `set seen${places[0]!.split(' ')[0]!.at(-1)} holds 10.1.0.3`
  const known = outcomes.filter(({ conditions }) => conditions.at(-1)?.text === text && conditions.at(-1)!.holds)
  t.deepEqual(
    known.map((outcome) => [placeOf(outcome), outcome.share]),
    [[places[0], 1]]
  )
})

const REFUSALS = [
  ['a forwarded packet', 'forward', 'reject', '10.1.0.2', '10.2.0.2', 'ECONNREFUSED', 'icmp-port-unreachable'],
  [
    'on the way in',
    'input',
    'reject with icmp port-unreachable',
    '10.1.0.2',
    '10.1.0.1',
    'ECONNREFUSED',
    'icmp-port-unreachable'
  ],
  [
    'by an administrator',
    'forward',
    'reject with icmp admin-prohibited',
    '10.1.0.2',
    '10.2.0.2',
    'EHOSTUNREACH',
    'icmp-admin-prohibited'
  ],
  ['dropped', 'forward', 'drop', '10.1.0.2', '10.2.0.2', undefined, undefined],
  ['dropped where it is sent', 'output', 'drop', '10.1.0.1', '10.2.0.2', 'EPERM', undefined]
] as const

for (const [at, [name, hook, verdict, source, destination, error, how]] of REFUSALS.entries()) {
  withKernel(`refused: ${name}, as the sender sees it${needs}`, async (t) => {
    const rules = await load(`chain f { type filter hook ${hook} priority filter;\n meta l4proto udp ${verdict}\n}`)
    const [outcome] = evaluate(rules, nodeHost(new Map()), {
      protocol: 'udp',
      source,
      destination,
      destinationPort: 80
    })
    const tag = `refused ${at}`
    await lab.send([{ tag, from: [source, 62_000 + at], to: [destination, 80] }], 80)
    t.is(lab.seen.get(tag)?.arrived, undefined)
    t.is(lab.seen.get(tag)?.refused, error)
    t.is(outcome?.rejectWith, how)
    t.is(outcome?.verdict, verdict.startsWith('reject') ? 'rejected' : 'dropped')
  })
}
