/** The evaluator against this machine's kernel: random rulesets, real packets, in network namespaces of our own. */
import test, { type ExecutionContext } from 'ava'
import { rulesOfDump } from '../../../src/model/packet/dump.ts'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import type { Host, Rules } from '../../../src/model/packet/packet.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import type { Probe } from './kernel/agent.ts'
import { agrees, mayAgree, observable } from './kernel/agreement.ts'
import { Laboratory, laboratoryMissing, nodeHost } from './kernel/laboratory.ts'
import { Generator, NO_RULES, seeded } from './kernel/ruleset.ts'

const missing = laboratoryMissing()
const withKernel = missing === undefined ? test.serial : test.serial.skip
const needs = missing === undefined ? '' : ` (skipped: ${missing})`

type Backend = 'nft' | 'legacy'

interface Rulesets {
  readonly backend: Backend
  readonly family: 4 | 6
  readonly count: number
  /** With matches and targets whose answer a dump does not tell: what is seen is one of the answers. */
  readonly wide?: true
}

/** Rulesets of each backend and family; ten packets each. */
const RULESETS: readonly Rulesets[] = [
  { backend: 'nft', family: 4, count: 220 },
  { backend: 'legacy', family: 4, count: 220 },
  { backend: 'nft', family: 6, count: 60 },
  { backend: 'legacy', family: 6, count: 60 },
  { backend: 'nft', family: 4, count: 60, wide: true },
  { backend: 'legacy', family: 4, count: 60, wide: true },
  { backend: 'nft', family: 6, count: 20, wide: true },
  { backend: 'legacy', family: 6, count: 20, wide: true }
]
const PACKETS = 10

let lab: Laboratory
test.before(async () => {
  if (missing !== undefined) return
  lab = new Laboratory()
  await lab.build()
})
test.after.always(() => lab?.close())

for (const { backend, family, count, wide = false } of RULESETS) {
  withKernel(
    `${count} random rulesets${wide ? ' with what a dump does not tell' : ''}, iptables-${backend}, IPv${family}${needs}`,
    async (t) => {
      const program = `${family === 4 ? 'iptables' : 'ip6tables'}-${backend}`
      const tally = { compared: 0, unobservable: 0 }
      try {
        for (let seed = 1; seed <= count; seed++) {
          if (!(await compareRuleset(t, { program, family, wide }, seed, tally))) break
        }
      } finally {
        await lab.node.run(`${program}-restore`, NO_RULES)
      }
      t.log(`${tally.compared} packets agree, ${tally.unobservable} go where nobody listens`)
      t.true(tally.compared > count * PACKETS * 0.6)
    }
  )
}

async function compareRuleset(
  t: ExecutionContext,
  { program, family, wide }: { readonly program: string; readonly family: 4 | 6; readonly wide: boolean },
  seed: number,
  tally: { compared: number; unobservable: number }
): Promise<boolean> {
  const generator = new Generator(seeded(seed), family, wide)
  const text = generator.ruleset()
  const localnet = seed % 2
  if (family === 4) await lab.node.run(`sysctl -q -w net.ipv4.conf.all.route_localnet=${localnet}`)
  await lab.node.run(`${program}-restore`, text)
  const rules = rulesOfDump(readSave(await lab.node.run(`${program}-save`)), family)
  const setting = (of: string, value: number): [string, string] => [`net.ipv4.conf.${of}.route_localnet`, `${value}`]
  const host = nodeHost(new Map([setting('all', localnet), setting('client0', 0), setting('server0', 0)]))
  const probes = generator.probes(PACKETS, (at) => `${program}${wide ? ' wide' : ''} ${seed} ${at}`, nextPort)
  const agree = wide ? mayAgree : agrees
  await lab.send(probes, 12)
  for (const probe of probes) {
    const outcomes = evaluate(rules, host, packetOf(probe))
    if (!agree(outcomes, lab.seen.get(probe.tag), family)) {
      // A busy machine may have been slow: once more, on a new connection, with patience.
      const again = { ...probe, tag: `${probe.tag} again`, from: [probe.from[0], nextPort()] as const }
      await lab.send([again], 400)
      const verdict = explain(rules, host, again)
      if (!agree(evaluate(rules, host, packetOf(again)), lab.seen.get(again.tag), family)) {
        t.fail(`seed ${seed}, ${program}: ${verdict}\n${text}`)
        return false
      }
    }
    if (outcomes.some((outcome) => observable(outcome, family))) tally.compared++
    else tally.unobservable++
  }
  t.pass()
  return true
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

function explain(rules: Rules, host: Host, probe: Probe): string {
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
