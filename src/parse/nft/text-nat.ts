/** dnat, snat, masquerade and redirect in the text of a rule. */
import type { Expression, Nat } from './expression.ts'
import { readLiteral, readValue } from './literal.ts'
import { readExpression } from './text-expression.ts'
import { expectWord, type Tokens, UNREAD } from './tokens.ts'

type Place = Pick<Nat, 'address' | 'port'>

const FLAGS: ReadonlySet<string> = new Set(['random', 'fully-random', 'persistent'])

/** `dnat ip to 10.0.0.1:80 random`; before nft 1.0.1 `dnat ip addr . port to …`. */
export function readNat(tokens: Tokens, action: string): Nat {
  const family = tokens.is('ip') || tokens.is('ip6') ? tokens.next() : undefined
  if (tokens.take('addr')) {
    if (!tokens.take('.') || !tokens.take('port')) throw UNREAD
  }
  const prefix = tokens.take('prefix')
  if (tokens.is('interval')) throw UNREAD
  const place = tokens.take('to') ? readPlace(tokens) : {}
  const flags: string[] = []
  while (tokens.kind === 'word' && FLAGS.has(tokens.value)) {
    flags.push(tokens.next())
    tokens.take(',')
  }
  return { kind: 'nat', action: action as 'dnat', ...(family && { family }), ...place, flags, prefix }
}

/** `10.0.0.1-10.0.0.9:80-90`, `[fd00::1]:80`, `:80`, `ip daddr map { … }:80`. */
function readPlace(tokens: Tokens): Place {
  if (tokens.kind !== 'word') return { address: readExpression(tokens) }
  const { value } = tokens
  if (value.startsWith(':') && !value.startsWith('::')) return { port: readPort(tokens) }
  const plain = /^([\d.]+(?:-[\d.]+)?):(\d+(?:-\d+)?)$/.exec(value)
  const bracketed = /^\[([^\]]+)\](?:-\[([^\]]+)\])?(?::(\d+(?:-\d+)?))?$/.exec(value)
  if (plain) {
    tokens.next()
    return { address: readValue(plain[1]!), port: readValue(plain[2]!) }
  }
  if (bracketed) {
    tokens.next()
    const [, from = '', to, port] = bracketed
    const address: Expression = to === undefined ? from : { kind: 'range', from, to }
    return { address, ...(port !== undefined && { port: readValue(port) }) }
  }
  const address = readExpression(tokens)
  return tokens.kind === 'word' && /^:(?!$)/.test(tokens.value) ? { address, port: readPort(tokens) } : { address }
}

/** After the colon a number, a range, or an expression that reads one. */
function readPort(tokens: Tokens): Expression {
  const { value, start, line } = tokens
  if (/^:\d/.test(value)) return readValue(expectWord(tokens).slice(1))
  tokens.rewind(start + 1, line)
  const port = readExpression(tokens)
  return typeof port === 'string' ? readLiteral(port) : port
}
