/** nftables rules, alone and beside iptables', against this machine's kernel: random rulesets, real packets. */
import test, { type ExecutionContext } from 'ava'
import { rulesOfDump } from '../../../../src/model/packet/dump.ts'
import { evaluate } from '../../../../src/model/packet/evaluate.ts'
import { nftRulesOf, type RuleSystems } from '../../../../src/model/packet/nft/rules.ts'
import type { Host, Rules } from '../../../../src/model/packet/packet.ts'
import { readSave } from '../../../../src/parse/iptables/save.ts'
import { readRuleset } from '../../../../src/parse/nft/read.ts'
import { nftMissing } from '../../../parse/nft/real-nft.ts'
import type { Probe } from '../kernel/agent.ts'
import { mayAgree, observable } from '../kernel/agreement.ts'
import { Laboratory, laboratoryMissing, nodeHost } from '../kernel/laboratory.ts'
import { NftGenerator } from '../kernel/nft-ruleset.ts'
import { Generator, NO_RULES, seeded } from '../kernel/ruleset.ts'

const missing = laboratoryMissing() ?? nftMissing()
const withKernel = missing === undefined ? test.serial : test.serial.skip
const needs = missing === undefined ? '' : ` (skipped: ${missing})`

/** By hand more: SNAP_NFT_KERNEL=600, and from which seed on. */
const COUNT = Number(process.env.SNAP_NFT_KERNEL ?? 40)
const FIRST = Number(process.env.SNAP_SEED ?? 1)
const PACKETS = 10
/** AVA brings a program of the same name. */
const NFT = '/usr/sbin/nft'

let lab: Laboratory
test.before(async () => {
  if (missing !== undefined) return
  lab = new Laboratory()
  await lab.build()
})
test.after.always(() => lab?.close())

type Beside = 'nothing' | 'legacy' | 'nft'

interface Tally {
  loaded: number
  compared: number
  unobservable: number
  unknown: number
  /** One outcome, whatever is drawn and whatever is not known. */
  certain: number
  arrived: number
  translated: number
}

for (const [family, beside, share] of [
  [4, 'nothing', 0.5],
  [6, 'nothing', 0.2],
  [4, 'legacy', 0.15],
  [4, 'nft', 0.15]
] as const) {
  const count = Math.ceil(COUNT * share)
  withKernel(`${count} random nftables rulesets, IPv${family}, beside iptables of ${beside}${needs}`, async (t) => {
    const tally: Tally = { loaded: 0, compared: 0, unobservable: 0, unknown: 0, certain: 0, arrived: 0, translated: 0 }
    const failures: string[] = []
    try {
      for (let seed = FIRST; seed < FIRST + count && failures.length < 3; seed++) {
        const failure = await compareRuleset(family, beside, seed, tally)
        if (failure !== undefined) failures.push(failure)
      }
    } finally {
      await clear()
    }
    t.log(tally)
    report(t, failures)
    t.true(tally.loaded >= count * 0.6)
    t.true(tally.compared > tally.loaded * PACKETS * 0.5)
    t.true(tally.unknown < tally.loaded * PACKETS * 0.1)
  })
}

function report(t: ExecutionContext, failures: readonly string[]): void {
  for (const failure of failures) t.fail(failure)
}

async function clear(): Promise<void> {
  await lab.node.run(`${NFT} flush ruleset`)
  await lab.node.run('iptables-legacy-restore', NO_RULES)
}

/** Without the rules that nft or this kernel refuses; false when it takes none. */
async function load(text: string): Promise<boolean> {
  const lines = text.split('\n')
  for (let tries = 0; tries < 8; tries++) {
    try {
      await lab.node.run(`${NFT} -f -`, lines.join('\n'))
      return true
    } catch (error) {
      const refused = (error as Error).message.matchAll(/stdin:(\d+):[^\n]*Error: ([^\n]*)/g)
      for (const [, line, why] of refused) {
        if (process.env.SNAP_SHOW_REFUSED) console.log(why, lines[Number(line) - 1])
        lines[Number(line) - 1] = ''
      }
    }
  }
  return false
}

/** Undefined: all packets agree. */
async function compareRuleset(family: 4 | 6, beside: Beside, seed: number, tally: Tally): Promise<string | undefined> {
  await clear()
  const text = new NftGenerator(seeded(seed), family).ruleset()
  if (beside !== 'nothing') {
    await lab.node.run(`iptables-${beside}-restore`, new Generator(seeded(seed + 500), 4).ruleset())
  }
  if (!(await load(text))) return undefined
  tally.loaded++
  const listing = await lab.node.run(seed % 2 === 0 ? `${NFT} list ruleset` : `${NFT} -j list ruleset`)
  const iptables: Rules[] =
    beside === 'nothing' ? [] : [rulesOfDump(readSave(await lab.node.run(`iptables-${beside}-save`)), family)]
  const rules: RuleSystems = { family, iptables, nft: nftRulesOf(readRuleset(listing), family, iptables) }
  const setting = (of: string, value: number): [string, string] => [`net.ipv4.conf.${of}.route_localnet`, `${value}`]
  const host = nodeHost(new Map([setting('all', 1), setting('client0', 0), setting('server0', 0)]))
  const probes = new Generator(seeded(seed), family).probes(
    PACKETS,
    (at) => `nft ${family} ${beside} ${seed} ${at}`,
    nextPort
  )
  await lab.send(probes, 12)
  for (const probe of probes) {
    const outcomes = evaluate(rules, host, packetOf(probe))
    if (!mayAgree(outcomes, lab.seen.get(probe.tag), family)) {
      const again = { ...probe, tag: `${probe.tag} again`, from: [probe.from[0], nextPort()] as const }
      await lab.send([again], 400)
      if (!mayAgree(evaluate(rules, host, packetOf(again)), lab.seen.get(again.tag), family))
        return `seed ${seed}: ${explain(rules, host, again)}\n${text}`
    }
    if (outcomes.length === 1) tally.certain++
    if (lab.seen.get(probe.tag)?.arrived) tally.arrived++
    if (outcomes.some(({ destinationNat, sourceNat }) => destinationNat || sourceNat)) tally.translated++
    if (outcomes.some(({ verdict }) => verdict === 'unknown')) tally.unknown++
    else if (outcomes.every((outcome) => observable(outcome, family))) tally.compared++
    else tally.unobservable++
  }
  return undefined
}

/** Each probe is a new connection: no source port is used twice. */
let lastPort = 10_000
function nextPort(): number {
  lastPort = lastPort >= 60_000 ? 10_000 : lastPort + 1
  return lastPort
}

function packetOf({ from, to }: Probe) {
  return { protocol: 'udp', source: from[0], sourcePort: from[1], destination: to[0], destinationPort: to[1] }
}

function explain(rules: RuleSystems, host: Host, probe: Probe): string {
  const said = evaluate(rules, host, packetOf(probe)).map(({ verdict, packet, share, conditions, why, steps }) => ({
    verdict,
    share,
    why,
    packet,
    conditions: conditions.map((each) => `${each.holds} ${each.text}`),
    steps: steps.map(({ kind, hook, table, chain, ruleText, to, after }) =>
      [kind, hook, table, chain, ruleText ?? to, after].join(' ')
    )
  }))
  const ends = `${probe.from.join(':')} -> ${probe.to.join(':')}`
  return `${ends}\nkernel ${JSON.stringify(lab.seen.get(probe.tag))}\nmodel ${JSON.stringify(said, null, 1)}`
}
