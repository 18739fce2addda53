import {
  matchModules,
  matchName,
  type OptionForm,
  type OptionForms,
  protocolModules,
  targetModules
} from './options.ts'
import type { Match, Operand, Option, RuleLine, RuleSpec, Target } from './rule.ts'
import { Words } from './words.ts'

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }
type OpenMatch = Mutable<Match> & { options: Option[] }
type OpenTarget = Mutable<Target> & { options: Option[] }

/** Bytes of an interface name, without its NUL (IFNAMSIZ - 1). Its length bounds how far an unquoted name with blanks goes. */
const INTERFACE_BYTES = 15

/** The long names of core options. A module's option of the same name goes first (`-m policy --proto esp`). */
const CORE_NAMES: ReadonlyMap<string, string> = new Map([
  ['--source', '-s'],
  ['--src', '-s'],
  ['--destination', '-d'],
  ['--dst', '-d'],
  ['--protocol', '-p'],
  ['--proto', '-p'],
  ['--in-interface', '-i'],
  ['--out-interface', '-o'],
  ['--fragment', '-f'],
  ['--match', '-m'],
  ['--jump', '-j'],
  ['--goto', '-g'],
  ['--set-counters', '-c']
])

/**
 * Reads one rule in save syntax: the text after `-A CHAIN `. Never throws: what is not understood is kept, a module or
 * option without a known meaning as `opaque`, other words as `remainder`. Counters (`-c`) are no part of the meaning.
 */
export function parseSpec(text: string): RuleSpec {
  return new SpecReader(text).read()
}

/** The rule that a line of a dump stands for, with what the dump's format could not carry. */
export function specOf({ text, unreadable }: RuleLine): RuleSpec {
  const spec = parseSpec(text)
  return unreadable ? { ...spec, unreadable } : spec
}

class SpecReader {
  private readonly words: Words
  private readonly spec: Mutable<RuleSpec> = { matches: [] }
  private readonly matches: OpenMatch[] = []
  private readonly forms: (OptionForms | undefined)[] = []
  private target: OpenTarget | null = null
  private targetForms: OptionForms | undefined
  /** What `-m` or `-j` opened last: an option nobody knows is its. */
  private latest: OpenMatch | OpenTarget | null = null
  private negated = false

  constructor(text: string) {
    this.words = new Words(text)
  }

  read(): RuleSpec {
    const { words } = this
    while (words.next()) {
      const { word, start } = words
      if (words.quoted || word.charCodeAt(0) !== 45) this.strayWord(start)
      else if (!(word.length === 2 ? this.coreOption(word) : this.moduleOption(word, start))) this.keepAsItStood(start)
    }
    if (this.negated) this.remember('!')
    this.spec.matches = this.matches
    if (this.target) this.spec.target = this.target
    return this.spec
  }

  private coreOption(name: string): boolean {
    switch (name.charCodeAt(1)) {
      case 112:
        return this.operand('protocol')
      case 115:
        return this.operand('source')
      case 100:
        return this.operand('destination')
      case 109:
        return this.openMatch()
      case 106:
        return this.openTarget(false)
      case 103:
        return this.openTarget(true)
      case 105:
        return this.interfaceName('inInterface')
      case 111:
        return this.interfaceName('outInterface')
      case 102:
        return this.fragment()
      case 99:
        return this.counters()
      default:
        return false
    }
  }

  private operand(field: 'protocol' | 'source' | 'destination'): boolean {
    if (this.spec[field] || !this.value()) return false
    this.spec[field] = this.negatable(this.words.word)
    return true
  }

  private interfaceName(field: 'inInterface' | 'outInterface'): boolean {
    if (this.spec[field]) return false
    this.oldNegation()
    const name = this.rawValue(INTERFACE_BYTES)
    if (name === null) return false
    this.spec[field] = this.negatable(name)
    return true
  }

  private fragment(): boolean {
    this.spec.fragment = { negated: this.takeNegation() }
    return true
  }

  private counters(): boolean {
    return (
      (this.words.next() && /^\d+,\d+$/.test(this.words.word)) ||
      (/^\d+$/.test(this.words.word) && this.words.next() && /^\d+$/.test(this.words.word))
    )
  }

  private openMatch(): boolean {
    if (this.negated || !this.words.next() || this.words.unclosed) return false
    const module = matchName(this.words.word)
    const forms = matchModules.get(module)
    const match: OpenMatch = forms ? { module, options: [] } : { module, options: [], opaque: true }
    this.matches.push(match)
    this.forms.push(forms)
    this.latest = match
    return true
  }

  private openTarget(goto: boolean): boolean {
    if (this.target || this.negated) return false
    if (this.words.quotedFollows()) this.words.next()
    else this.words.nextRaw()
    if (this.words.word === '') return false
    this.target = { name: this.words.word, goto, options: [] }
    this.targetForms = goto ? undefined : targetModules.get(this.target.name)
    this.latest = this.target
    return true
  }

  private moduleOption(name: string, start: number): boolean {
    const form = this.targetForms?.get(name)
    if (form) return this.knownOption(form, this.target!)
    for (let index = this.matches.length - 1; index >= 0; index--) {
      const matchForm = this.forms[index]?.get(name)
      if (matchForm) return this.knownOption(matchForm, this.matches[index]!)
    }
    const core = CORE_NAMES.get(name)
    if (core !== undefined) return this.coreOption(core)
    return this.protocolOption(name) || this.unknownOption(name, start)
  }

  /** `-p tcp --dport 80`: the protocol's match comes by itself. */
  private protocolOption(name: string): boolean {
    const module = protocolModules.get(this.spec.protocol?.value ?? '')
    const form = module === undefined ? undefined : matchModules.get(module)?.get(name)
    if (module === undefined || !form) return false
    const match: OpenMatch = { module, options: [] }
    this.matches.push(match)
    this.forms.push(matchModules.get(module))
    return this.knownOption(form, match)
  }

  private knownOption(form: OptionForm, owner: { options: Option[] }): boolean {
    const args: string[] = []
    if (form.words > 0 && !(form.optional && this.words.optionFollows())) {
      if (form.words === 1 && !form.optional) {
        const value = this.singleValue(form)
        if (value === null) return false
        args.push(value)
      } else {
        if (!this.value()) return false
        args.push(this.words.word)
        if (form.words === 2) {
          if (!this.words.next() || this.words.unclosed) return false
          args.push(this.words.word)
        }
      }
    }
    owner.options.push({ name: form.name, negated: this.takeNegation(), args })
    return true
  }

  private singleValue(form: OptionForm): string | null {
    const { words } = this
    if (form.quoting === 'raw') {
      this.oldNegation()
      return this.rawValue(Infinity)
    }
    if (form.quoting === 'verbatim' && words.quotedFollows()) return this.verbatimValue()
    if (!this.value()) return null
    // Quotes eaten on the way: `--comment kubernetes health check -j …` can only be one value.
    return form.quoting === 'string' && !words.quoted ? this.extended(words.start, words.word, Infinity) : words.word
  }

  /** Between quotes in which nothing is escaped. */
  private verbatimValue(): string {
    this.words.next()
    return this.words.text.slice(this.words.start + 1, this.words.at - 1)
  }

  /** A value that iptables-save prints unquoted whatever is in it: it goes on until an option follows. */
  private rawValue(bytes: number): string | null {
    const { words } = this
    if (words.quotedFollows()) {
      words.next()
      return words.word
    }
    words.nextRaw()
    return words.word === '' ? null : this.extended(words.start, words.word, bytes)
  }

  private extended(start: number, first: string, bytes: number): string {
    const { words } = this
    let value = first
    while (!words.optionFollows()) {
      const end = words.at
      words.nextRaw()
      const longer = words.text.slice(start, words.at)
      if (Buffer.byteLength(longer) > bytes) {
        words.at = end
        break
      }
      value = longer
    }
    return value
  }

  /** A module nobody knows, or an option its module is not known to have: words up to the next option are taken as its own. */
  private unknownOption(name: string, start: number): boolean {
    if (!this.latest) return false
    const { words } = this
    const args: string[] = []
    while (!words.optionFollows()) {
      words.next()
      if (words.unclosed) {
        words.at = start
        words.next()
        return false
      }
      args.push(words.word)
    }
    this.latest.opaque = true
    this.latest.options.push({ name, negated: this.takeNegation(), args })
    return true
  }

  /** Reads an option's value; before iptables 1.4.3 the `!` stood in front of it. */
  private value(): boolean {
    this.oldNegation()
    return this.words.next() && !this.words.unclosed
  }

  private oldNegation(): void {
    const { words } = this
    const before = words.at
    if (!this.words.optionFollows() || words.text.charCodeAt(words.at) !== 33) return
    words.next()
    if (words.optionFollows() || this.negated) words.at = before
    else this.negated = true
  }

  private strayWord(start: number): void {
    if (this.words.word === '!' && !this.words.quoted && !this.negated) this.negated = true
    else this.keepAsItStood(start)
  }

  /** The words from `start` up to the place reached make no sense here. */
  private keepAsItStood(start: number): void {
    const text = this.words.text.slice(start, this.words.at).trimEnd()
    this.remember(this.takeNegation() ? `! ${text}` : text)
  }

  private remember(text: string): void {
    this.spec.remainder = this.spec.remainder === undefined ? text : `${this.spec.remainder} ${text}`
  }

  private negatable(value: string): Operand {
    return { negated: this.takeNegation(), value }
  }

  private takeNegation(): boolean {
    const { negated } = this
    this.negated = false
    return negated
  }
}
