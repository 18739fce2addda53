import { LONGEST_ROW } from './list-lines.ts'
import { readListedMatches } from './listed-matches.ts'

const PROMPT = /(?<=\s|^)(?:\[?[A-Za-z0-9._-]+@[A-Za-z0-9._-]+(?:[: ][^\s#$]*)?\]?\s?)?[#$] (?=\S)/g
const CHAIN_LINE =
  /(?<=\s|^)Chain \S+ \((?:policy \S+(?: \d+[KMGT]? packets, \d+[KMGT]? bytes)?|\d+ references?)\)(?=\s|$)/g
const HEADING = /(?<=\s|^)(?:num )?(?:pkts bytes )?target prot opt (?:in out )?source destination(?=\s|$)/g
/** The columns that every row has: protocol and opt. */
const PROTOCOL = [
  'all',
  '\\d{1,3}',
  'tcp',
  'udp',
  'udplite',
  'icmp',
  'icmpv6',
  'ipv6-icmp',
  'sctp',
  'dccp',
  'esp',
  'ah',
  'ipcomp',
  'gre',
  'igmp',
  'ospf',
  'vrrp',
  'ipencap',
  'mobility-header',
  'ipv6-mh'
].join('|')
const PROTOCOL_AND_OPT = new RegExp(`(?<= |^)!?(?:${PROTOCOL}) (?:--|-f|!f) `, 'g')
const COMMENT = /\/\* .{0,600}? \*\//g

/**
 * A web page that shows a listing in one paragraph joins its lines by single blanks. Breaks them apart again: before each
 * prompt, chain line and row, and around each heading. A row begins at the target in front of protocol and opt, or at its
 * number and counters; text without such columns comes back as it is.
 */
export function unjoin(text: string): string {
  return text.split('\n').map(unjoinLine).join('\n')
}

function unjoinLine(line: string): string {
  const hidden = line.replace(COMMENT, (comment) => comment.replace(/[^ ]/g, '.'))
  const chains = spans(CHAIN_LINE, hidden)
  if (chains.length === 0 && spans(PROTOCOL_AND_OPT, hidden).length < 2 && !joinsCommand(hidden)) return line
  const breaks = new Set<number>()
  for (const [start, end] of [...chains, ...spans(HEADING, hidden)]) breaks.add(start).add(end)
  for (const [start] of spans(PROMPT, hidden)) {
    if (/ip6?tables|kubectl/.test(hidden.slice(start, start + 200))) breaks.add(start)
  }
  const names = new Set(Array.from(hidden.matchAll(/Chain (\S+) \(/g), (found) => found[1]!))
  const known = [...breaks].sort((a, b) => a - b)
  let floor = 0
  let next = 0
  for (const [start] of spans(PROTOCOL_AND_OPT, hidden)) {
    while (next < known.length && known[next]! <= start) floor = Math.max(floor, known[next++]!)
    const row = rowStart(line, floor, start, names)
    breaks.add(row)
    floor = row + 1
  }
  const places = [
    0,
    ...[...breaks].filter((place) => place > 0 && place < line.length).sort((a, b) => a - b),
    line.length
  ]
  return places
    .slice(1)
    .map((end, index) => line.slice(places[index], end).trim())
    .filter((part) => part !== '')
    .join('\n')
}

/** A prompt and a row in one line, as when a filter dropped the chain's line. */
function joinsCommand(line: string): boolean {
  const prompt = line.search(/[#$] /)
  return prompt !== -1 && /\bip6?tables\b/.test(line.slice(prompt + 2)) && spans(PROTOCOL_AND_OPT, line).length > 0
}

function spans(pattern: RegExp, line: string): [start: number, end: number][] {
  return Array.from(line.matchAll(pattern), (found) => [found.index, found.index + found[0].length])
}

/** Where the row begins whose protocol stands at `protocol`; nothing of it stands before `floor`. */
function rowStart(line: string, floor: number, protocol: number, chains: ReadonlySet<string>): number {
  const first = Math.max(floor, protocol - LONGEST_ROW)
  const before = line.slice(first, protocol)
  const word = /(?<!\S)(\S+) $/.exec(before)
  // Without a target, the word in front belongs to the row before: as its target, or as part of a match known to end there.
  const target = word && isTarget(before.slice(0, word.index), word[1]!, chains) ? first + word.index : protocol
  const counted = /(?:(?<= |^)\d+ )?(?<= |^)\d+[KMGT]? \d+[KMGT]? $/.exec(line.slice(first, target))
  return counted ? first + counted.index : target
}

function isTarget(rest: string, word: string, chains: ReadonlySet<string>): boolean {
  if (!/^[A-Za-z0-9_][^\s/*:]*$/.test(word) || /^\d+[KMGT]?$/.test(word)) return false
  if (chains.has(word)) return true
  // `ctstate NEW tcp -- …`: the word completes a match that is not known without it.
  const matches = /(?:\d\/\d+|\d|anywhere) ((?:[^/]|\/\*).*)$/s.exec(rest.trim())?.[1]
  if (matches === undefined) return true
  const without = readListedMatches(matches, null).unknown.length
  const withWord = readListedMatches(`${matches} ${word}`, null).unknown.length
  return without <= withWord
}
