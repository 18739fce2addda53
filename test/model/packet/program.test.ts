/** The index of long chains changes nothing but the time. */
import test from 'ava'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import { seeded } from './kernel/ruleset.ts'
import { briefs, NODE, rules } from './rules.ts'

const pick = <T>(random: () => number, items: readonly T[]): T => items[Math.floor(random() * items.length)]!

/** Rules without RETURN, so that cutting a chain into called pieces means the same. */
function line(random: () => number): string {
  const address = () => `10.42.0.${1 + Math.floor(random() * 6)}`
  const not = random() < 0.1 ? '! ' : ''
  const match = pick(random, [
    () => `${not}-d ${address()}/32 `,
    () => `${not}-s ${address()}/32 `,
    () => `-s ${address()}/32 -d ${address()}/32 `,
    () => `-d 10.42.0.0/${pick(random, [16, 30])} `,
    () => ''
  ])()
  const port = pick(random, [
    '',
    '',
    '-p tcp ',
    `-p tcp -m tcp ${not}--dport ${pick(random, [80, 81, 443])} `,
    '-p tcp -m tcp --dport 80:81 ',
    '-p udp -m udp --dport 80 ',
    '-p tcp -m multiport --dports 80,443 '
  ])
  const target = pick(random, [
    ...[1, 2, 4].map((bit) => `-j MARK --set-xmark 0x${bit}/0x0`),
    '-j LOG',
    random() < 0.08 ? '-j DROP' : '-j LOG',
    random() < 0.08 ? '-j ACCEPT' : '-j LOG'
  ])
  return `${match}${port}${target}`
}

test('a chain of 200 rules answers as the same rules in chains of ten', (t) => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seeded(seed)
    const lines = Array.from({ length: 200 }, () => line(random))
    const whole = rules(lines.map((each) => `filter FORWARD ${each}`).join('\n'))
    const pieces = lines.map((each, at) => {
      const call = at % 10 === 0 ? `filter FORWARD -j c${at / 10}\n` : ''
      return `${call}filter c${Math.floor(at / 10)} ${each}`
    })
    const cut = rules(pieces.join('\n'))
    for (let probe = 0; probe < 20; probe++) {
      const packet = {
        protocol: pick(random, ['tcp', 'udp', 'icmp']),
        ...(random() < 0.2 ? {} : { source: `10.42.0.${1 + Math.floor(random() * 6)}` }),
        destination: `10.42.0.${1 + Math.floor(random() * 6)}`,
        ...(random() < 0.2 ? {} : { destinationPort: pick(random, [80, 81, 443, 8080]) })
      }
      if (packet.source === '10.42.0.1' || packet.destination === '10.42.0.1') continue
      t.deepEqual(
        marks(evaluate(whole, NODE, packet)),
        marks(evaluate(cut, NODE, packet)),
        `seed ${seed} ${JSON.stringify(packet)}`
      )
    }
  }
})

function marks(outcomes: ReturnType<typeof evaluate>): string[] {
  return outcomes.map((outcome) => `${briefs([outcome])[0]} ${outcome.packet.mark}`).sort()
}

test('an IPv6 address is found however it is written', (t) => {
  const filler = Array.from({ length: 20 }, (_, at) => `filter FORWARD -d fd00::${at + 100}/128 -j DROP`)
  const found = rules([...filler, 'filter FORWARD -d fd00:0:0::7/128 -j REJECT'].join('\n'), 6)
  const [outcome] = evaluate(found, NODE, {
    protocol: 'tcp',
    source: 'fd00:5::1',
    destination: 'fd00:0000::0007',
    destinationPort: 80
  })
  t.is(outcome?.verdict, 'rejected')
})
