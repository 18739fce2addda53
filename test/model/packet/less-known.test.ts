/** Knowing less may add outcomes and conditions; it never takes the true one away or turns it into another. */
import test from 'ava'
import { rulesOfDump } from '../../../src/model/packet/dump.ts'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import type { Outcome } from '../../../src/model/packet/outcome.ts'
import type { Host, HostAddress, Packet } from '../../../src/model/packet/packet.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import { nodeHost } from './kernel/laboratory.ts'
import { Generator, seeded } from './kernel/ruleset.ts'

const KNOWN = nodeHost(new Map([['net.ipv4.conf.all.route_localnet', '1']]))

interface Ignorance {
  readonly name: string
  readonly host?: (host: Host) => Host
  readonly packet?: (packet: Packet) => Packet
}

const withoutDevices = ({ address, prefix }: HostAddress): HostAddress => ({ address, prefix })

const IGNORANCE: readonly Ignorance[] = [
  { name: 'routes', host: ({ routes: _, ...host }) => host },
  { name: 'settings', host: ({ sysctls: _, ...host }) => host },
  {
    name: 'which addresses are on which interface',
    host: (host) => ({ ...host, addresses: host.addresses.map(withoutDevices) })
  },
  { name: 'whether the addresses known are all', host: (host) => ({ ...host, addressesKnown: 'some' }) },
  {
    name: 'some of the addresses',
    host: (host) => ({ ...host, addresses: host.addresses.slice(1), addressesKnown: 'some' })
  },
  { name: 'the source port', packet: ({ sourcePort: _, ...packet }) => packet },
  { name: 'the destination port', packet: ({ destinationPort: _, ...packet }) => packet },
  {
    name: 'routes, settings and source port',
    host: ({ routes: _, sysctls: __, ...host }) => host,
    packet: ({ sourcePort: _, ...packet }) => packet
  }
]

const sameHost = (host: Host): Host => host
const samePacket = (packet: Packet): Packet => packet

for (const { name, host: hide = sameHost, packet: forget = samePacket } of IGNORANCE) {
  test(`not knowing ${name}`, (t) => {
    let forks = 0
    for (const family of [4, 6] as const) {
      for (let seed = 1; seed <= 120; seed++) {
        const generator = new Generator(seeded(seed), family)
        const rules = rulesOfDump(readSave(generator.ruleset()), family)
        for (const { from, to } of generator.probes(6, String, () => 30_000 + seed)) {
          // A sender whose address may or may not be the node's own is a question of its own.
          if (name.startsWith('some') && KNOWN.addresses[0]!.address === from[0]) continue
          const packet = {
            protocol: 'udp',
            source: from[0],
            sourcePort: from[1],
            destination: to[0],
            destinationPort: to[1]
          }
          const guesses = evaluate(rules, hide(KNOWN), forget(packet))
          for (const truth of evaluate(rules, KNOWN, packet)) {
            const what = `seed ${seed}, IPv${family}: ${JSON.stringify(packet)} ${truth.verdict}: ${truth.why}`
            t.true(
              guesses.some((guess) => allows(guess, truth)),
              what
            )
          }
          if (guesses.length > 1) forks++
        }
      }
    }
    t.log(`${forks} packets with more than one outcome`)
  })
}

function allows({ verdict, packet, rejectWith }: Outcome, truth: Outcome): boolean {
  if (verdict === 'unknown') return true
  const same = (mine: unknown, its: unknown) => mine === undefined || mine === its
  return (
    verdict === truth.verdict &&
    same(rejectWith, truth.rejectWith) &&
    same(packet.destination, truth.packet.destination) &&
    same(packet.destinationPort, truth.packet.destinationPort) &&
    same(packet.source, truth.packet.source) &&
    same(packet.mark, truth.packet.mark)
  )
}
