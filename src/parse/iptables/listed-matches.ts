import type { Match, Option, Target, Unreadable } from './rule.ts'
import { packetWordings } from './wording/packets.ts'
import type { Wording } from './wording/pattern.ts'
import { protocolWordings } from './wording/protocols.ts'
import { severalWordings, stateWordings } from './wording/states.ts'
import { optionRequired, targetWordings } from './wording/targets.ts'

const MATCH_WORDINGS: readonly Wording[] = [...packetWordings, ...protocolWordings, ...stateWordings]

const GOTO = /^ *\[goto\](?: |$)/
/** What iptables prints of a module whose shared object it has not, or has in another revision. */
const UNKNOWN_MATCH = /UNKNOWN match `([^']*)'|([A-Za-z0-9_-]+) \[unsupported revision\]/y
const UNKNOWN_TARGET = /\[\d+ bytes of unknown target data\]/y
const WORD = /[^ ]+/y

type OpenMatch = Match & { options: Option[] }

/** The part of a listing's row after the destination. */
export interface ListedMatches {
  readonly matches: readonly Match[]
  readonly target: Target | null
  readonly unreadable: ReadonlySet<Unreadable>
  /** Words in no known wording. */
  readonly unknown: readonly string[]
}

/** Reads the comment, matches and target options in `text`, of a row whose target is `target` (null: it has none). */
export function readListedMatches(text: string, target: string | null): ListedMatches {
  return new ListedMatchesReader(text, target).read()
}

class ListedMatchesReader {
  private readonly text: string
  private readonly name: string | null
  private readonly end: number
  private readonly matches: OpenMatch[] = []
  private readonly unreadable = new Set<Unreadable>()
  private readonly unknown: string[] = []
  private options: readonly Option[] | null = null
  /** -j NOTRACK is listed as CT. */
  private isNotrack = false
  private at = 0

  constructor(text: string, target: string | null) {
    this.text = text
    this.end = text.trimEnd().length
    this.name = target
  }

  read(): ListedMatches {
    const goto = GOTO.exec(this.text)
    if (goto) this.at = goto[0].length
    for (this.skipBlanks(); this.at < this.end; this.skipBlanks()) {
      if (!this.readTarget() && !this.readMatch() && !this.readUnknownModule()) this.keepWord()
    }
    const target = this.name === null ? null : this.target(this.name, goto !== null)
    const { matches, unreadable, unknown } = this
    return { matches, target, unreadable, unknown }
  }

  private target(row: string, goto: boolean): Target {
    const name = row === 'CT' && this.isNotrack ? 'NOTRACK' : row
    if (!this.options && optionRequired.has(name)) this.unreadable.add('target')
    const opaque = this.unreadable.has('target')
    return { name, goto, options: this.options ?? [], ...(opaque && { opaque: true as const }) }
  }

  /** The target's options are the last thing of a row. */
  private readTarget(): boolean {
    if (this.name === 'CT' && this.text.slice(this.at, this.end) === 'NOTRACK') {
      this.isNotrack = true
      this.at = this.end
      return true
    }
    for (const { pattern, options } of targetWordings.get(this.name ?? '') ?? []) {
      pattern.lastIndex = this.at
      const found = pattern.exec(this.text)
      if (!found || pattern.lastIndex < this.end) continue
      this.options = options(found)
      this.at = this.end
      return true
    }
    return false
  }

  private readMatch(): boolean {
    for (const { module, pattern, options, lossy } of MATCH_WORDINGS) {
      pattern.lastIndex = this.at
      const found = pattern.exec(this.text)
      if (!found) continue
      this.at = pattern.lastIndex
      this.addMatch(module, options(found))
      // A comment may hold the end of a comment: then nobody can tell its words from matches.
      if (lossy || (module === 'comment' && this.text.includes('*/', this.at))) this.unreadable.add('match')
      return true
    }
    return false
  }

  private addMatch(module: string, options: Option[]): void {
    const last = this.matches.at(-1)
    const joins =
      last?.module === module &&
      severalWordings.has(module) &&
      !last.options.some(({ name }) => name === options[0]?.name)
    if (joins) last.options.push(...options)
    else this.matches.push({ module, options })
  }

  private readUnknownModule(): boolean {
    UNKNOWN_TARGET.lastIndex = UNKNOWN_MATCH.lastIndex = this.at
    if (UNKNOWN_TARGET.test(this.text)) {
      this.unreadable.add('target')
      this.at = UNKNOWN_TARGET.lastIndex
      return true
    }
    const found = UNKNOWN_MATCH.exec(this.text)
    if (!found) return false
    const module = found[1] ?? found[2]!
    this.at = UNKNOWN_MATCH.lastIndex
    this.unreadable.add(module === this.name ? 'target' : 'match')
    if (module !== this.name) this.matches.push({ module, options: [], opaque: true })
    return true
  }

  private keepWord(): void {
    WORD.lastIndex = this.at
    this.unknown.push(WORD.exec(this.text)![0])
    this.unreadable.add('match')
    this.at = WORD.lastIndex
  }

  private skipBlanks(): void {
    while (this.text.charCodeAt(this.at) === 32) this.at++
  }
}
