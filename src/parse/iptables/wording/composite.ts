import { words } from '../../../words.ts'
import type { ValueKind } from './values.ts'

type Options = readonly (readonly [string | null, ...string[]])[]

const DAYS = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const MONTHDAY = '\\d+(?:st|nd|rd|th)'
const POLICY_PART = '(?:! )?(?:reqid|spi|proto|mode|tunnel-dst|tunnel-src) [^ ]+'
const HMARK_PART = '(?:src-prefix|dst-prefix|sport-mask|dport-mask|spi-mask|sport|dport|spi|proto-mask|rnd) [^ ]+'
const LOG_LEVELS: Readonly<Record<string, string>> = words({
  emerg: '0',
  panic: '0',
  alert: '1',
  crit: '2',
  err: '3',
  error: '3',
  warning: '4',
  warn: '4',
  notice: '5',
  info: '6',
  debug: '7'
})
/** Bits of LOG's flags (linux/netfilter/nf_log.h), their words without -n, and save's options, in its order. */
const LOG_FLAGS: readonly [number, string, string][] = [
  [1, 'tcp-sequence', '--log-tcp-sequence'],
  [2, 'tcp-options', '--log-tcp-options'],
  [4, 'ip-options', '--log-ip-options'],
  [8, 'uid', '--log-uid'],
  [32, 'macdecode', '--log-macdecode']
]

/** Values that stand for several options; a name that begins with `! ` is a negated one. */
export const compositeKinds: Readonly<Record<string, ValueKind>> = {
  days: { pattern: `(?: on ${DAYS}(?:,${DAYS})*)?(?: on ${MONTHDAY}(?:,${MONTHDAY})*)?`, read: days },
  kerneltz: { pattern: '(?: +UTC)?', read: (text) => (text === '' ? [[null]] : []) },
  mode: { pattern: 'random|nth', read: (text) => [[null, text]] },
  delay: { pattern: 'inf|\\d+ms', read: (text) => [[null, text.replace('ms', '')]] },
  tosmark: { pattern: '(?:set|and|or|xor) 0x[0-9a-f]+(?:/0x[0-9a-f]+)?', read: tosMark },
  log: {
    pattern:
      '(?:flags \\d+ level \\d+|(?:UNKNOWN )?level [^ ]+(?: (?:tcp-sequence|tcp-options|ip-options|uid|macdecode))*)(?: prefix (?:".*"|`.*\'))?',
    read: log
  },
  policy: { pattern: `dir (?:in|out) pol (?:none|ipsec)(?: strict)?(?: \\[\\d+\\]| ${POLICY_PART})*`, read: policy },
  hmark: { pattern: `mod \\d+(?: \\+ 0x[0-9a-f]+)?(?: ct,)?(?: ${HMARK_PART})*`, read: hmark },
  rateest: {
    pattern: '.*? (?:delta )?(?:bps|pps)(?: \\d+){0,2} (?:! )?(?:eq|lt|gt)(?: \\d+| [^ ]+ (?:bps|pps)(?: \\d+)?)?',
    read: rateest
  }
}

function log(text: string): Options {
  // Up to iptables 1.4.10 or so in ` and '.
  const prefix = text.search(/ prefix ["`]/)
  const words = (prefix === -1 ? text : text.slice(0, prefix)).split(' ')
  const level = words[words.indexOf('level') + 1]!
  const flags = words[0] === 'flags' ? Number(words[1]) : 0
  const number = LOG_LEVELS[level] ?? level
  return [
    ...(prefix === -1 ? [] : [['--log-prefix', text.slice(prefix + ' prefix "'.length, -1)] as const]),
    ...(number === '4' ? [] : [['--log-level', number] as const]),
    ...LOG_FLAGS.filter(([bit, word]) => flags & bit || words.includes(word)).map(([, , option]) => [option] as const)
  ]
}

/** Listings put the days of the week first, save those of the month. */
function days(text: string): Options {
  const [week, month] = [/ on (\D\S*)/.exec(text)?.[1], / on (\d\S*)/.exec(text)?.[1]]
  return [
    ...(month === undefined ? [] : [['--monthdays', month.replace(/(?:st|nd|rd|th)/g, '')] as const]),
    ...(week === undefined ? [] : [['--weekdays', week] as const])
  ]
}

function policy(text: string): Options {
  const options: [string, ...string[]][] = []
  const words = text.split(/ +/)
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    if (word === 'strict') options.push(['--strict'])
    else if (/^\[\d+\]$/.test(word)) {
      if (word !== '[0]') options.push(['--next'])
    } else {
      const negated = word === '!'
      const name = negated ? words[++index]! : word
      const value = words[++index]!
      const protocols: Readonly<Record<string, string>> = { 50: 'esp', 51: 'ah', 108: 'ipcomp' }
      options.push([`${negated ? '! ' : ''}--${name}`, name === 'proto' ? (protocols[value] ?? value) : value])
    }
  }
  return options
}

/** Listings begin with the modulus, save ends with it; the widths of the numbers differ too. */
function hmark(text: string): Options {
  const [, modulus, offset, tuple, rest = ''] = /^mod (\d+)(?: \+ (0x\S+))?( ct,)?(.*)$/s.exec(
    text
  ) as unknown as string[]
  const words = rest
    .trim()
    .split(/ +/)
    .filter((word) => word !== '')
  const options: [string, ...string[]][] = []
  for (let index = 0; index < words.length; index += 2) {
    const [name, value] = [words[index]!, words[index + 1]!]
    const width = name.includes('prefix')
      ? 0
      : name === 'proto-mask'
        ? 2
        : name === 'rnd' || name.startsWith('spi')
          ? 8
          : 4
    options.push([`--hmark-${name}`, width === 0 ? value : `0x${value.slice(2).padStart(width, '0')}`])
  }
  options.push(['--hmark-mod', modulus!])
  if (offset) options.push(['--hmark-offset', String(Number(offset))])
  if (tuple) options.push(['--hmark-tuple', 'ct'])
  return options
}

/** With -n the rate is in bytes a second; save prints bits. */
function rateest(text: string): Options {
  const found =
    /^(.*?)( delta)? (bps|pps)((?: \d+){0,2}) (! )?(eq|lt|gt)(?: (\d+)| (\S+) (?:bps|pps)(?: (\d+))?)?$/s.exec(text)
  const [, name, delta, unit, rates = '', not = '', mode, after, other, otherRate] = found as unknown as string[]
  const rate = (value: string) => (unit === 'bps' ? bitRate(Number(value) * 8) : value)
  const [first, second = after ?? otherRate] = delta ? rates.trim().split(' ') : [undefined, rates.trim() || undefined]
  const [one, two] = delta ? ['1', '2'] : ['', '']
  return [
    ...(delta ? [['--rateest-delta'] as const] : []),
    [other === undefined ? '--rateest' : '--rateest1', name!],
    ...(delta && first ? [[`--rateest-${unit}${one}`, rate(first)] as const] : []),
    [`${not}--rateest-${mode}`],
    second === undefined && after === undefined
      ? [`--rateest-${unit}${two}`]
      : [`--rateest-${unit}${two}`, rate(second ?? after!)],
    ...(other === undefined ? [] : [['--rateest2', other] as const])
  ]
}

function bitRate(bits: number): string {
  return bits >= 1e9 ? `${Math.round(bits / 1e6)}Mbit` : bits >= 1e6 ? `${Math.round(bits / 1e3)}Kbit` : `${bits}bit`
}

function tosMark(text: string): Options {
  const [verb, mark = ''] = text.split(' ')
  const value = mark.includes('/')
    ? mark
    : verb === 'and'
      ? `0x00/0x${(~Number(mark) & 0xff).toString(16).padStart(2, '0')}`
      : `${mark}/${verb === 'or' ? mark : verb === 'xor' ? '0x00' : '0xff'}`
  return [[null, value]]
}
