/**
 * Traefik's rule language: `Host(`a`) && (PathPrefix(`/x`) || !Method(`POST`))`, of version 2 and 3.
 * What cannot be decided about a request, or is read differently by the two versions, is left open.
 */

/** A request as far as it is known; undefined: not known. */
export interface Request {
  /** Of the URL, lower case, without port. */
  readonly host: string
  readonly path: string
  /** `a=1&b`, without the question mark. */
  readonly query: string
  /** The client's address as Traefik sees it. */
  readonly client?: string
  /** TLS: the name asked for is the host. */
  readonly tls: boolean
}

/** Yes, no, or yes exactly if all of these hold. */
export type RuleTruth = boolean | readonly string[]

/** Decides one matcher, `Host(`a`, `b`)`; a string: what is to be known for it. */
export type Decide = (matcher: string, values: readonly string[], request: Request) => boolean | string

/** Nobody writes a longer rule, and brackets within brackets are read by recursion. */
const MOST_WORDS = 1000

/** Undefined where the text is no rule, or a longer one than is read. */
export function ruleTruth(text: string, request: Request, decide: Decide): RuleTruth | undefined {
  const words = wordsOf(text)
  if (!words || words.length > MOST_WORDS) return undefined
  try {
    const reading = new Reading(words, request, decide)
    const truth = reading.either()
    return reading.atEnd() ? truth : undefined
  } catch (error) {
    if (error instanceof NoRule) return undefined
    throw error
  }
}

/** Every value of the matchers of this name. */
export function valuesOf(text: string, matcher: string): string[] {
  return (wordsOf(text) ?? []).flatMap((word) =>
    typeof word === 'object' && word.name.toLowerCase() === matcher.toLowerCase() ? word.values : []
  )
}

interface Matcher {
  readonly name: string
  readonly values: readonly string[]
}

type Word = '&&' | '||' | '!' | '(' | ')' | Matcher

const WORD = /\s*(?:(&&|\|\||[!()])|([A-Za-z]+)\((\s*(?:(?:`[^`]*`|"(?:[^"\\]|\\.)*")\s*(?:,\s*)?)*)\))/y

function wordsOf(text: string): Word[] | undefined {
  const words: Word[] = []
  const trimmed = text.trimEnd()
  WORD.lastIndex = 0
  while (WORD.lastIndex < trimmed.length) {
    const found = WORD.exec(trimmed)
    if (!found) return undefined
    const [, sign, name, values = ''] = found
    words.push(
      name === undefined
        ? (sign as '!')
        : {
            name,
            values: [...values.matchAll(/`([^`]*)`|"((?:[^"\\]|\\.)*)"/g)].map(
              ([, raw, quoted]) => raw ?? quoted!.replace(/\\(.)/g, '$1')
            )
          }
    )
  }
  return words
}

class NoRule extends Error {}

/** By recursive descent: || binds least, ! most. */
class Reading {
  private at = 0
  private readonly words: readonly Word[]
  private readonly request: Request
  private readonly decide: Decide

  constructor(words: readonly Word[], request: Request, decide: Decide) {
    this.words = words
    this.request = request
    this.decide = decide
  }

  atEnd(): boolean {
    return this.at === this.words.length
  }

  either(): RuleTruth {
    let truth = this.both()
    while (this.take('||')) truth = or(truth, this.both())
    return truth
  }

  private both(): RuleTruth {
    let truth = this.one()
    while (this.take('&&')) truth = and(truth, this.one())
    return truth
  }

  private one(): RuleTruth {
    if (this.take('!')) return not(this.one())
    if (this.take('(')) {
      const truth = this.either()
      if (!this.take(')')) throw new NoRule()
      return truth
    }
    const word = this.words[this.at++]
    if (typeof word !== 'object') throw new NoRule()
    const truth = this.decide(word.name, word.values, this.request)
    return typeof truth === 'string' ? [truth] : truth
  }

  private take(sign: Word): boolean {
    if (this.words[this.at] !== sign) return false
    this.at += 1
    return true
  }
}

function and(a: RuleTruth, b: RuleTruth): RuleTruth {
  if (a === false || b === false) return false
  if (a === true) return b
  return b === true ? a : [...a, ...b]
}

function or(a: RuleTruth, b: RuleTruth): RuleTruth {
  if (a === true || b === true) return true
  if (a === false) return b
  return b === false ? a : [`${a.join(' and ')} or ${b.join(' and ')}`]
}

function not(truth: RuleTruth): RuleTruth {
  return typeof truth === 'boolean' ? !truth : [`not (${truth.join(' and ')})`]
}
