import type { Match, Option, Target, Unreadable } from './rule.ts'
import { packetWordings } from './wording/packets.ts'
import type { Wording } from './wording/pattern.ts'
import { protocolWordings } from './wording/protocols.ts'
import { severalWordings, stateWordings } from './wording/states.ts'
import { optionRequired, targetWordings } from './wording/targets.ts'

const MATCH_WORDINGS: readonly Wording[] = [...packetWordings, ...protocolWordings, ...stateWordings]

/** What iptables prints of a module whose shared object it has not, or has in another revision. */
const UNKNOWN_MATCH = /UNKNOWN match `([^']*)'|([A-Za-z0-9_-]+) \[unsupported revision\]/y
const UNKNOWN_TARGET = /\[\d+ bytes of unknown target data\]/y
const WORD = /[^ ]+/y

/** The part of a listing's row after the destination. */
export interface ListedMatches {
  readonly matches: readonly Match[]
  readonly target: Target | null
  readonly unreadable: readonly Unreadable[]
  /** Words in no known wording. */
  readonly unknown: readonly string[]
}

/** Reads ` /* text * / tcp dpt:80 to:10.0.0.1:80` of a row whose target is `name` (null: none). */
export function readListedMatches(text: string, name: string | null): ListedMatches {
  const matches: (Match & { options: Option[] })[] = []
  const unreadable = new Set<Unreadable>()
  const unknown: string[] = []
  const goto = /^ *\[goto\](?: |$)/.exec(text)
  const end = text.trimEnd().length
  let options: readonly Option[] | null = null
  let at = goto ? goto[0].length : 0
  for (at = skipBlanks(text, at); at < end && !options; at = skipBlanks(text, at)) {
    const target = name === null ? null : targetOptions(text, at, end, name)
    if (target) {
      options = target
      break
    }
    const found = matchAt(text, at)
    if (found) {
      at = found.end
      addMatch(matches, found.module, found.options)
      if (found.lossy || (found.module === 'comment' && text.includes('*/', at))) unreadable.add('match')
      continue
    }
    at = unknownAt(text, at, name, matches, unreadable, unknown)
  }
  if (name !== null && !options && optionRequired.has(name)) unreadable.add('target')
  return {
    matches, unknown, unreadable: [...unreadable],
    target: name === null ? null : {
      name: name === 'CT' && text.slice(at, end) === 'NOTRACK' ? 'NOTRACK' : name, goto: goto !== null, options: options ?? [],
      ...(unreadable.has('target') && { opaque: true as const }),
    },
  }
}

function targetOptions(text: string, at: number, end: number, name: string): readonly Option[] | null {
  if (name === 'CT' && text.slice(at, end) === 'NOTRACK') return []
  for (const { pattern, options } of targetWordings.get(name) ?? []) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found && pattern.lastIndex >= end) return options(found)
  }
  return null
}

function matchAt(text: string, at: number): { module: string; options: Option[]; end: number; lossy: boolean } | null {
  for (const { module, pattern, options, lossy } of MATCH_WORDINGS) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) return { module, options: options(found), end: pattern.lastIndex, lossy }
  }
  return null
}

function addMatch(matches: (Match & { options: Option[] })[], module: string, options: readonly Option[]): void {
  const last = matches.at(-1)
  const joins = last?.module === module && severalWordings.has(module) && !last.options.some(({ name }) => name === options[0]?.name)
  if (joins) last.options.push(...options)
  else matches.push({ module, options: [...options] })
}

/** Keeps what stands at `at` without knowing what it means; returns where it ends. */
function unknownAt(
  text: string, at: number, target: string | null, matches: (Match & { options: Option[] })[], unreadable: Set<Unreadable>, unknown: string[],
): number {
  UNKNOWN_TARGET.lastIndex = UNKNOWN_MATCH.lastIndex = WORD.lastIndex = at
  if (UNKNOWN_TARGET.test(text)) {
    unreadable.add('target')
    return UNKNOWN_TARGET.lastIndex
  }
  const module = UNKNOWN_MATCH.exec(text)
  if (module) {
    const name = module[1] ?? module[2]!
    unreadable.add(name === target ? 'target' : 'match')
    if (name !== target) matches.push({ module: name, options: [], opaque: true })
    return UNKNOWN_MATCH.lastIndex
  }
  unreadable.add('match')
  unknown.push(WORD.exec(text)![0])
  return WORD.lastIndex
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === 32) at++
  return at
}
