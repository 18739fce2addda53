/** How one value stands in a listing, and the options it means: `[option's name or null for the template's, ...words]`. */
export interface ValueKind {
  /** Without capturing groups. */
  readonly pattern: string
  readonly read: (text: string) => readonly (readonly [string | null, ...string[]])[]
}

function value(pattern: string, convert: (text: string) => string): ValueKind {
  return { pattern, read: (text) => [[null, convert(text)]] }
}

const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG']
const DCCP_TYPES = ['REQUEST', 'RESPONSE', 'DATA', 'ACK', 'DATAACK', 'CLOSEREQ', 'CLOSE', 'RESET', 'SYNC', 'SYNCACK']
const DCCP_TYPE = `(?:\\d+|${DCCP_TYPES.join('|')}|INVALID)`
/** Bits from the lowest: what follows an IPv6 header. */
const IPV6_HEADERS = ['prot', 'ipv6-nonxt', 'esp', 'ah', 'ipv6-frag', 'ipv6-route', 'ipv6-opts', 'hop-by-hop']
const SCTP_CHUNKS: Readonly<Record<number, string>> = {
  0: 'DATA',
  1: 'INIT',
  2: 'INIT_ACK',
  3: 'SACK',
  4: 'HEARTBEAT',
  5: 'HEARTBEAT_ACK',
  6: 'ABORT',
  7: 'SHUTDOWN',
  8: 'SHUTDOWN_ACK',
  9: 'ERROR',
  10: 'COOKIE_ECHO',
  11: 'COOKIE_ACK',
  12: 'ECN_ECNE',
  13: 'ECN_CWR',
  14: 'SHUTDOWN_COMPLETE',
  64: 'I_DATA',
  128: 'ASCONF_ACK',
  130: 'RE_CONFIG',
  132: 'PAD',
  192: 'FORWARD_TSN',
  193: 'ASCONF',
  194: 'I_FORWARD_TSN'
}

/** The kinds that templates name. */
export const kinds: Readonly<Record<string, ValueKind>> = {
  word: value('[^ ]+', (text) => text),
  number: value('\\d+', (text) => text),
  range: value('\\d+(?::\\d+)?', (text) => text),
  /** A port, or without -n a service's name, or a range of them. */
  port: value('[a-zA-Z0-9_-]+(?::[a-zA-Z0-9_-]+)?', (text) => text),
  flag: { pattern: '', read: () => [[null]] },
  /** Up to the wording that follows in the template. */
  text: value('.*?', (text) => text),
  quoted: value('"(?:\\\\.|[^"\\\\])*"', (text) => withoutBackslashes(text.slice(1, -1))),
  raw: value('".*"', (text) => text.slice(1, -1)),
  /** xtables_save_string: bare or in quotes. */
  string: value('"(?:\\\\.|[^"\\\\])*"|[^ "]+', (text) =>
    text.startsWith('"') ? withoutBackslashes(text.slice(1, -1)) : text
  ),
  string2: {
    pattern: '"(?:\\\\.|[^"\\\\])*"',
    read: (text) => [
      /^"\|(?:[0-9a-f]{2})+\|"$/.test(text)
        ? ['--hex-string', text.slice(1, -1)]
        : ['--string', withoutBackslashes(text.slice(1, -1))]
    ]
  },
  backticked: value("`.*?'", (text) => text.slice(1, -1)),
  dashes: value('[^ ]+', (text) => text.replaceAll('-', ',')),
  pair: { pattern: '[^ ]+ +[^ ]+', read: (text) => [[null, ...text.split(/ +/)]] },
  tcpflags: { pattern: '[^ /]+/[^ ]+', read: (text) => [[null, ...text.split('/').map(tcpFlags)]] },
  chunks: {
    pattern: '(?:any|all|only|none) +[^ ]+',
    read: (text) => [[null, text.split(/ +/)[0]!, chunkTypes(text.split(/ +/)[1]!)]]
  },
  dccptypes: value(`${DCCP_TYPE}(?:,${DCCP_TYPE})*(?![A-Z])`, dccpTypes),
  icmp: value('\\d+(?: code \\d+)?', (text) => (text === '255' ? 'any' : text.replace(' code ', '/'))),
  icmp6: value('\\d+(?: code \\d+)?', (text) => text.replace(' code ', '/')),
  ipv6headers: value('0x[0-9A-Fa-f]+', (text) => bits(Number(text), IPV6_HEADERS).reverse().join(',')),
  limitburst: { pattern: '\\d+', read: (text) => (text === '5' ? [] : [[null, text]]) },
  connlimit: { pattern: '(?:src|dst)/\\d+ +(?:!?>|<=) +\\d+', read: connlimit },
  recent: {
    pattern: 'SET|CHECK|UPDATE|REMOVE',
    read: (text) => [[{ SET: '--set', CHECK: '--rcheck', UPDATE: '--update', REMOVE: '--remove' }[text]!]]
  },
  side: { pattern: '(?:source|dest)(?: mask: [^ ]+)?', read: recentSide },
  cgroup: { pattern: '[^ ]+', read: (text) => [[/^\d+$/.test(text) ? '--cgroup' : '--path', text]] },
  label: value("\\d+|'[^']*'", (text) => text.replaceAll("'", '')),
  bytecode: value('\\d[\\d ,]*\\d', (text) => `${text.split(',').length},${text}`),
  date: value('\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d', (text) => text.replace(' ', 'T')),
  mark: value('(?:and|or|xor|set|xset) +0x[0-9a-f]+(?:/0x[0-9a-f]+)?', xmark),
  connmark: {
    pattern: '(?:save|restore)(?: mask 0x[0-9a-f]+| (?:ct|nf)mask 0x[0-9a-f]+ (?:ct|nf)mask ~0x[0-9a-f]+)?',
    read: saveMark
  },
  class: value('[0-9a-f]+:[0-9a-f]+', (text) =>
    text
      .split(':')
      .map((half) => half.padStart(4, '0'))
      .join(':')
  ),
  redirect: { pattern: '[^ ]+:\\d+', read: tproxy }
}

function withoutBackslashes(text: string): string {
  return text.replace(/\\([^])/g, '$1')
}

function bits(mask: number, names: readonly string[]): string[] {
  return names.filter((_, bit) => mask & (1 << bit))
}

function tcpFlags(text: string): string {
  if (!/^0x[0-9A-Fa-f]+$/.test(text)) return text
  if (Number(text) === 0) return 'NONE'
  return bits(Number(text), TCP_FLAGS).join(',')
}

function chunkTypes(text: string): string {
  return text
    .split(',')
    .map((chunk) => chunk.replace(/^0x[0-9A-Fa-f]+/, (code) => SCTP_CHUNKS[Number(code)] ?? code))
    .join(',')
}

function dccpTypes(text: string): string {
  const names = text.split(',').map((type) => (/^\d+$/.test(type) ? (DCCP_TYPES[Number(type)] ?? 'INVALID') : type))
  return [...new Set(names)].join(',')
}

function connlimit(text: string): [string, ...string[]][] {
  const [, side, mask, operator, count] = /^(src|dst)\/(\d+) +(\S+) +(\d+)$/.exec(text) as unknown as string[]
  return [
    [operator === '>' ? '--connlimit-above' : '--connlimit-upto', count!],
    ['--connlimit-mask', mask!],
    [side === 'src' ? '--connlimit-saddr' : '--connlimit-daddr']
  ]
}

/** Listings name the side before the mask, save after it. */
function recentSide(text: string): [string, ...string[]][] {
  const [side, , mask] = text.split(/ +/)
  const last: [string] = [side === 'dest' ? '--rdest' : '--rsource']
  return mask === undefined ? [last] : [['--mask', mask], last]
}

/** `MARK or 0x1`: save knows one form, clear the mask's bits and xor. */
function xmark(text: string): string {
  const [verb, mark = ''] = text.split(/ +/)
  if (verb === 'xset') return mark
  if (verb === 'and') return `0x0/0x${(~Number(mark) >>> 0).toString(16)}`
  return `${mark}/${verb === 'or' ? mark : verb === 'xor' ? '0x0' : '0xffffffff'}`
}

function saveMark(text: string): [string, ...string[]][] {
  const [verb, ...masks] = text.split(/ +/)
  const named: Record<string, string> = { nfmask: '0xffffffff', ctmask: '0xffffffff' }
  for (let index = 0; index < masks.length; index += 2) {
    const mask = masks[index + 1]!.replace('~', '')
    if (masks[index] === 'mask') named.nfmask = named.ctmask = mask
    else named[masks[index]!] = mask
  }
  return [[`--${verb}-mark`], ['--nfmask', named.nfmask!], ['--ctmask', named.ctmask!]]
}

/** `0.0.0.0:80`: an IPv6 address stands without brackets, the port is what follows the last colon. */
function tproxy(text: string): [string, ...string[]][] {
  const colon = text.lastIndexOf(':')
  return [
    ['--on-port', text.slice(colon + 1)],
    ['--on-ip', text.slice(0, colon)]
  ]
}
