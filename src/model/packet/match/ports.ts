/** Ports and TCP flags: -m tcp, udp, udplite, sctp, dccp, multiport. */
import type { Match, Option } from '../../../parse/iptables/rule.ts'
import { words } from '../../../words.ts'
import { protocolNumber, WITH_PORTS } from '../protocol.ts'
import { inRange, parseRange, type Range } from './number.ts'
import { matchWords, negateIf, type Part, type Situation, undecided } from './part.ts'
import { ask, type Truth } from './truth.ts'

type Side = 'source' | 'destination'

const SIDES: Readonly<Record<string, readonly Side[]>> = words({
  '--sport': ['source'],
  '--source-port': ['source'],
  '--sports': ['source'],
  '--source-ports': ['source'],
  '--dport': ['destination'],
  '--destination-port': ['destination'],
  '--dports': ['destination'],
  '--destination-ports': ['destination'],
  '--ports': ['source', 'destination']
})

/** Port and other options of a protocol's own match. That the protocol fits is asked first. */
export function protocolParts(match: Match): Part[] {
  const number = protocolNumber(match.module)!
  return [
    { check: ({ flow }) => flow.protocol === number },
    ...match.options.map((option) => portPart(match, option) ?? flagPart(match, option))
  ]
}

export function multiportParts(match: Match): Part[] {
  return [
    { check: ({ flow }) => WITH_PORTS.has(flow.protocol) },
    ...match.options.map((option) => portPart(match, option) ?? undecided(match, option, 'option not known'))
  ]
}

function portPart(match: Match, option: Option): Part | undefined {
  const sides = SIDES[option.name]
  const ranges = (option.args[0] ?? '').split(',').map((each) => parseRange(each))
  if (!sides || ranges.some((range) => range === undefined)) return undefined
  const words = matchWords(match, option)
  return negateIf(option.negated, (situation) => either(sides, ranges as Range[], words, situation))
}

function either(sides: readonly Side[], ranges: readonly Range[], words: string, { flow }: Situation): Truth {
  let open = false
  for (const side of sides) {
    const port = side === 'source' ? flow.sourcePort : flow.destinationPort
    if (port === null) open ||= !ranges.some((range) => range.from === 0 && range.to === 65535)
    else if (!ranges.some((range) => inRange(port, range))) continue
    if (port !== null || !open) return true
  }
  if (!open) return false
  const reason = `the ${sides.length === 2 ? '' : `${sides[0]} `}port is not known`
  return ask({ id: `${words} ${flow.sourcePort} ${flow.destinationPort}`, text: `${words} matches`, reason })
}

function flagPart(match: Match, option: Option): Part {
  if (option.name === '--syn') return flags(match, option, ['FIN', 'SYN', 'RST', 'ACK'], ['SYN'])
  if (option.name !== '--tcp-flags') return undecided(match, option, 'depends on the packet’s contents')
  const [mask = '', set = ''] = option.args
  return flags(match, option, flagNames(mask), flagNames(set))
}

const ALL_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG']

function flagNames(list: string): readonly string[] {
  if (list === 'ALL') return ALL_FLAGS
  return list === 'NONE' ? [] : list.split(',')
}

function flags(match: Match, option: Option, mask: readonly string[], set: readonly string[]): Part {
  const words = matchWords(match, option)
  return negateIf(option.negated, ({ sent }) => {
    const given = sent.tcpFlags
    if (!given) return ask({ id: words, text: `${words} matches`, reason: 'the packet’s TCP flags are not given' })
    return mask.every((flag) => given.has(flag) === set.includes(flag))
  })
}
