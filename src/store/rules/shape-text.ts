import { closingQuote } from '../../parse/iptables/quote.ts'
import { LABEL, wordEnd } from './form-text.ts'
import type { ListedChain } from './listed-chain.ts'
import type { Form } from './rule-forms.ts'

/** What a run of rules is read by: text that must stand there, or what may differ. */
export type Token = string | typeof RULE | typeof LABEL_HERE | typeof WORD | typeof QUOTED

/** `-A CHAIN ` */
const RULE = 0
const LABEL_HERE = 1
const WORD = 2
/** An argument that ends where its quotes do. */
const QUOTED = 3

/** The tokens of `-A CHAIN RULE\n` for each form. */
export function tokensOf(forms: readonly Form[]): readonly Token[] {
  const tokens: Token[] = []
  const add = (token: Token) => {
    const last = tokens.at(-1)
    if (typeof token === 'string' && typeof last === 'string') tokens[tokens.length - 1] = last + token
    else if (token !== '') tokens.push(token)
  }
  for (const form of forms) {
    add(RULE)
    for (const token of formTokens(form)) add(token)
    add('\n')
  }
  return tokens
}

function formTokens({ text, arguments: count, labelled }: Form): Token[] {
  if (count === 0 && !labelled) return [text]
  const parts = text.split(/([\x01-\x05])/)
  return parts.map((part, index) =>
    index % 2 === 0 ? part : part === LABEL ? LABEL_HERE : parts[index + 1]!.startsWith('"') ? QUOTED : WORD
  )
}

/** The arguments of a run of rules, null where the tokens do not fit. */
export function argumentsOf(
  tokens: readonly Token[],
  run: Pick<ListedChain, 'name' | 'source' | 'from' | 'to'>,
  label: string | null
): string[] | null {
  const { source, from, to } = run
  const start = `-A ${run.name} `
  const args: string[] = []
  let at = from
  for (const token of tokens) {
    if (token === WORD || token === QUOTED) {
      const end = token === WORD ? wordEnd(source, at) : quotedEnd(source, at, to)
      if (end <= at) return null
      args.push(source.slice(at, end))
      at = end
    } else {
      const text = token === RULE ? start : token === LABEL_HERE ? label : token
      if (text === null || !source.startsWith(text, at)) return null
      at += text.length
    }
  }
  return at === to ? args : null
}

/** A control character would be taken for a mark. */
function quotedEnd(source: string, from: number, to: number): number {
  const end = closingQuote(source, from, to)
  for (let at = from; at < end; at++) if (source.charCodeAt(at) < 32) return -1
  return end
}
