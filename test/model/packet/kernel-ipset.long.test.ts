/** Random sets and rules that ask for them, against this machine's kernel: each packet goes where the saved set says. */
import test from 'ava'
import { rulesOfDump } from '../../../src/model/packet/dump.ts'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import type { IpSet } from '../../../src/model/packet/packet.ts'
import { readIpsetSave } from '../../../src/parse/ipset.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import type { Probe } from './kernel/agent.ts'
import { agrees } from './kernel/agreement.ts'
import { Laboratory, laboratoryMissing, nodeHost, PORTS, WORLD } from './kernel/laboratory.ts'
import { seeded } from './kernel/ruleset.ts'

const missing = laboratoryMissing()
const withKernel = missing === undefined ? test.serial : test.serial.skip
const SYSCTLS = new Map(
  ['all', 'client0', 'server0'].map((of) => [`net.ipv4.conf.${of}.route_localnet`, of === 'all' ? '1' : '0'])
)

type Draw = <T>(from: readonly T[]) => T
/** Of one dimension: members' words. */
const WORDS: Readonly<Record<string, (draw: Draw, family: 4 | 6) => string>> = {
  ip: (draw, family) =>
    draw([...WORLD[family].client, ...WORLD[family].server, ...WORLD[family].virtual, ...WORLD[family].node]),
  net: (draw, family) =>
    draw(
      family === 4
        ? ['10.0.0.0/8', '10.1.0.0/16', '10.2.0.0/24', '10.9.0.0/29', '10.1.0.2', '10.2.0.2/31', '10.9.0.3']
        : ['fd00::/8', 'fd00:1::/32', 'fd00:2::/64', 'fd00:9::2/127', 'fd00:9::3', 'fd00:1::2']
    ),
  port: (draw) => `${draw(['udp', 'udp', 'udp', 'tcp', 'sctp'])}:${draw(PORTS)}`,
  'bare port': (draw) => String(draw(PORTS)),
  iface: (draw) => draw(['client0', 'server0', 'lo'])
}
/** Types with what they are created with, where that is needed. */
const TYPES: readonly (readonly [type: string, options?: string])[] = [
  ['hash:ip'],
  ['hash:ip', 'netmask 30'],
  ['hash:net'],
  ['hash:ip,port'],
  ['hash:net,port'],
  ['hash:ip,port,ip'],
  ['hash:ip,port,net'],
  ['hash:net,net'],
  ['hash:net,port,net'],
  ['hash:net,iface'],
  ['bitmap:port', 'range 0-65535'],
  ['bitmap:ip', 'range 10.1.0.0/16'],
  ['hash:ip', 'timeout 600 counters comment']
]

withKernel(
  `sets of every kind that this kernel has${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  async (t) => {
    const lab = new Laboratory()
    t.teardown(() => lab.close())
    await lab.build()
    const had = await lab.node.run('ipset create first hash:ip').then(
      () => true,
      () => false
    )
    if (!had) return void t.pass('no sets in this kernel')
    const tally = new Map<string, { in: number; out: number }>()
    let port = 20_000
    for (let seed = 1; seed <= 120; seed++) {
      const random = seeded(seed)
      const draw: Draw = (from) => from[Math.floor(random() * from.length)]!
      const family = seed % 4 === 0 ? 6 : 4
      const [type, options = ''] = TYPES[seed % TYPES.length]!
      if (type === 'bitmap:ip' && family === 6) continue
      const dimensions = type
        .split(':')[1]!
        .split(',')
        .map((kind) => (type === 'bitmap:port' ? 'bare port' : kind))
      const created = [
        'create',
        `s${seed}`,
        type,
        ...(type.startsWith('hash') ? ['family', family === 4 ? 'inet' : 'inet6'] : []),
        ...options.split(' ')
      ]
        .filter(Boolean)
        .join(' ')
      if (
        !(await lab.node.run(`ipset ${created}`).then(
          () => true,
          () => false
        ))
      )
        continue
      for (let count = 0; count < 6; count++) {
        const member = dimensions
          .map((kind) => (type === 'bitmap:ip' ? draw(WORLD[4].client) : WORDS[kind]!(draw, family)))
          .join(',')
        await lab.node
          .run(`ipset add s${seed} ${member} -exist${type.includes('net') && random() < 0.3 ? ' nomatch' : ''}`)
          .catch(() => '')
      }
      // Of a list, and of the set itself with more directions than it needs.
      const listed = seed % 5 === 0
      if (listed)
        for (const line of [`create l${seed} list:set`, `add l${seed} s${seed}`]) await lab.node.run(`ipset ${line}`)
      const directions = Array.from(
        { length: Math.min(6, Math.max(1, dimensions.length + (seed % 7 === 0 ? 1 : seed % 11 === 0 ? -1 : 0))) },
        () => draw(['src', 'dst'])
      ).join(',')
      const rule = `-A FORWARD -m set ${random() < 0.3 ? '! ' : ''}--match-set ${listed ? 'l' : 's'}${seed} ${directions} -j DROP`
      await lab.node.run(`${family === 4 ? 'iptables' : 'ip6tables'}-restore`, `*filter\n${rule}\nCOMMIT\n`)
      const rules = rulesOfDump(readSave(await lab.node.run(`${family === 4 ? 'iptables' : 'ip6tables'}-save`)), family)
      const saved = readIpsetSave(await lab.node.run('ipset save'))
      t.deepEqual(saved.problems, [])
      const ipset = (of: string): IpSet | undefined => {
        const set = saved.ipsets.find((each) => each.ipset === of)
        return (
          set && {
            ...set,
            members: saved.members
              .filter((each) => each.ipset === of)
              .map(({ member, nomatch }) => `${member}${nomatch ? ' nomatch' : ''}`)
          }
        )
      }
      const host = { ...nodeHost(SYSCTLS), ipset }
      const probes = Array.from(
        { length: 12 },
        (_, at): Probe => ({
          tag: `${seed} ${at}`,
          from: [draw(WORLD[family].client), (port += 1)],
          to: [draw([...WORLD[family].server, ...WORLD[family].virtual]), draw(PORTS)]
        })
      )
      await lab.send(probes, 30)
      for (const probe of probes) {
        const packet = {
          protocol: 'udp',
          source: probe.from[0],
          sourcePort: probe.from[1],
          destination: probe.to[0],
          destinationPort: probe.to[1]
        }
        const outcomes = evaluate(rules, host, packet)
        t.is(outcomes.length, 1, `${created}: decided`)
        const counted = tally.get(type) ?? { in: 0, out: 0 }
        tally.set(type, counted)
        counted[outcomes[0]!.verdict === 'dropped' ? 'in' : 'out']++
        if (agrees(outcomes, lab.seen.get(probe.tag), family)) continue
        const again = { ...probe, tag: `${probe.tag} again`, from: [probe.from[0], (port += 1)] as const }
        await lab.send([again], 400)
        t.true(
          agrees(outcomes, lab.seen.get(again.tag), family),
          `${rule}: ${JSON.stringify(packet)} ${outcomes[0]!.verdict}, kernel ${JSON.stringify(lab.seen.get(again.tag))}\n${created}\n${saved.members
            .filter(({ ipset: of }) => of === `s${seed}`)
            .map(({ member, nomatch }) => `${member}${nomatch ? ' nomatch' : ''}`)
            .join('; ')}`
        )
      }
    }
    t.log([...tally].map(([type, counted]) => `${type} ${counted.in} dropped, ${counted.out} passed`).join('; '))
    t.true(
      tally.size >= 4 && [...tally.values()].filter((counted) => counted.in > 0 && counted.out > 0).length >= 4,
      'sets decide'
    )
  }
)
