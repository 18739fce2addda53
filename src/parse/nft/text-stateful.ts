/** Statements that keep count, in text: of rules, and of elements of sets. Throws UNREAD at what is not known. */
import type { Stateful } from './expression.ts'
import { expect, expectNumber, expectWord, type Tokens, UNREAD } from './tokens.ts'

/** Undefined, and nothing read, where none begins. */
export function readStateful(tokens: Tokens): Stateful | undefined {
  if (tokens.kind !== 'word') return undefined
  if (tokens.take('counter')) return readCounter(tokens)
  if (tokens.take('limit')) return readLimit(tokens)
  if (tokens.take('quota')) return readQuota(tokens)
  const { start, line } = tokens
  if (tokens.take('ct') && tokens.take('count')) {
    const over = tokens.take('over')
    return { kind: 'ct count', over, count: expectNumber(tokens) }
  }
  tokens.rewind(start, line)
  return undefined
}

function readCounter(tokens: Tokens): Stateful {
  if (!tokens.take('packets')) return { kind: 'counter' }
  const packets = expectNumber(tokens)
  expect(tokens, 'bytes')
  return { kind: 'counter', packets, bytes: expectNumber(tokens) }
}

/** `5/minute`, `10 mbytes/second` */
function readLimit(tokens: Tokens): Stateful {
  expect(tokens, 'rate')
  const over = tokens.take('over')
  const [count = '', perPacket] = expectWord(tokens).split('/')
  const [unit, per] = perPacket === undefined ? expectWord(tokens).split('/') : [undefined, perPacket]
  if (!/^\d+$/.test(count) || per === undefined) throw UNREAD
  let burst = unit === undefined ? 5 : 0
  let burstUnit = unit === undefined ? undefined : 'bytes'
  if (tokens.take('burst')) {
    burst = expectNumber(tokens)
    const of = expectWord(tokens)
    burstUnit = of === 'packets' ? undefined : of
  }
  return {
    kind: 'limit',
    rate: Number(count),
    per,
    over,
    burst,
    ...(unit !== undefined && { unit }),
    ...(burstUnit !== undefined && { burstUnit })
  }
}

function readQuota(tokens: Tokens): Stateful {
  const over = tokens.take('over')
  if (!over) tokens.take('until')
  const [amount, unit] = [expectNumber(tokens), expectWord(tokens)]
  if (!tokens.take('used')) return { kind: 'quota', over, amount, unit }
  return { kind: 'quota', over, amount, unit, used: expectNumber(tokens), usedUnit: expectWord(tokens) }
}
