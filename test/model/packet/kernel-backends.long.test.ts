/** Rules of both backends on one node, against this machine's kernel: which was loaded first is known here, and only here. */
import test, { type ExecutionContext } from 'ava'
import { rulesOfDump } from '../../../src/model/packet/dump.ts'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import type { Outcome } from '../../../src/model/packet/outcome.ts'
import type { BothBackends } from '../../../src/model/packet/packet.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import type { Probe } from './kernel/agent.ts'
import { agrees } from './kernel/agreement.ts'
import { Laboratory, laboratoryMissing, nodeHost } from './kernel/laboratory.ts'
import { Generator, seeded } from './kernel/ruleset.ts'

const missing = laboratoryMissing()
const withKernel = missing === undefined ? test.serial : test.serial.skip
const needs = missing === undefined ? '' : ` (skipped: ${missing})`

const PACKETS = 10
let port = 10_000

withKernel(`legacy loaded first, then nft${needs}`, async (t) => {
  const lab = new Laboratory()
  try {
    await lab.build()
    const tally = { forked: 0, packets: 0 }
    for (let seed = 1; seed <= 40; seed++) await compare(t, lab, seed, ['legacy', 'nft'], tally)
    t.log(`${tally.packets} packets agree, of ${tally.forked} the order decides`)
    t.true(tally.forked > 10, 'the order never mattered')
  } finally {
    lab.close()
  }
})

// A namespace forgets the order only with its end.
withKernel(`nft loaded first, then legacy${needs}`, async (t) => {
  const tally = { forked: 0, packets: 0 }
  for (let seed = 1; seed <= 8; seed++) {
    const lab = new Laboratory()
    try {
      await lab.build()
      await compare(t, lab, seed, ['nft', 'legacy'], tally)
    } finally {
      lab.close()
    }
  }
  t.log(`${tally.packets} packets agree, of ${tally.forked} the order decides`)
})

async function compare(
  t: ExecutionContext,
  lab: Laboratory,
  seed: number,
  order: readonly ['legacy' | 'nft', 'legacy' | 'nft'],
  tally: { forked: number; packets: number }
): Promise<void> {
  const texts = {
    legacy: new Generator(seeded(seed), 4).ruleset(),
    nft: new Generator(seeded(seed + 1000), 4).ruleset()
  }
  for (const backend of order) await lab.node.run(`iptables-${backend}-restore`, texts[backend])
  const saved = async (backend: 'legacy' | 'nft') =>
    rulesOfDump(readSave(await lab.node.run(`iptables-${backend}-save`)), 4)
  const rules: BothBackends = [await saved('legacy'), await saved('nft')]
  t.deepEqual(
    rules.map(({ backend }) => backend),
    ['legacy', 'nft']
  )
  const sysctls = ['all', 'client0', 'server0'].map((of): [string, string] => [
    `net.ipv4.conf.${of}.route_localnet`,
    of === 'all' ? '1' : '0'
  ])
  const probes = new Generator(seeded(seed), 4).probes(
    PACKETS,
    (at) => `${order[0]} first ${seed} ${at}`,
    () => (port += 1)
  )
  await lab.send(probes, 15)
  for (const probe of probes) {
    const outcomes = evaluate(rules, nodeHost(new Map(sysctls)), packetOf(probe))
    const possible = outcomes.filter(({ conditions }) =>
      conditions.every(
        ({ text, holds }) =>
          !/^iptables-legacy comes before iptables-nft/.test(text) || holds === (order[1] === 'legacy')
      )
    )
    if (possible.length < outcomes.length) tally.forked += 1
    tally.packets += 1
    if (agrees(possible, lab.seen.get(probe.tag), 4)) continue
    const again = { ...probe, tag: `${probe.tag} again`, from: [probe.from[0], (port += 1)] as const }
    await lab.send([again], 400)
    t.true(
      agrees(possible, lab.seen.get(again.tag), 4),
      `seed ${seed}, ${order[0]} first: ${JSON.stringify(probe)} kernel ${JSON.stringify(lab.seen.get(again.tag))} model ${JSON.stringify(possible.map(brief), null, 1)}\n${texts.legacy}\n${texts.nft}`
    )
  }
}

function packetOf({ from, to }: Probe) {
  return { protocol: 'udp', source: from[0], sourcePort: from[1], destination: to[0], destinationPort: to[1] }
}

function brief({ verdict, packet, why, conditions }: Outcome): unknown {
  return { verdict, packet, why, if: conditions.map(({ text, holds }) => `${holds} ${text}`) }
}
