import { words } from '../../words.ts'
/** Expressions as nft reads them. */
import { formatDuration } from './duration.ts'
import type { Element, Expression, Literal, Operator } from './expression.ts'
import { printStateful } from './print-stateful.ts'

/** Types whose values stand in quotes: any name may be one. */
const QUOTED: ReadonlySet<string> = new Set([
  'ifname',
  'iface_index',
  'devgroup',
  'string',
  'uid',
  'gid',
  'time',
  'hour',
  'day'
])

const QUOTED_META: Readonly<Record<string, string>> = words({
  iif: 'iface_index',
  oif: 'iface_index',
  sdif: 'iface_index',
  iifname: 'ifname',
  oifname: 'ifname',
  sdifname: 'ifname',
  ibrname: 'ifname',
  obrname: 'ifname',
  iifgroup: 'devgroup',
  oifgroup: 'devgroup',
  iifkind: 'string',
  oifkind: 'string',
  skuid: 'uid',
  skgid: 'gid',
  time: 'time',
  hour: 'hour',
  day: 'day'
})

/** Of each part of a key, whether its values stand in quotes. */
export type Quoting = readonly boolean[]

export function quotingOf(expression: Expression): Quoting {
  if (typeof expression !== 'object') return []
  switch (expression.kind) {
    case 'concatenation':
      return expression.parts.map((part) => quotingOf(part)[0] ?? false)
    case 'meta':
      return [Object.hasOwn(QUOTED_META, expression.key)]
    case 'ct':
      return [expression.key === 'helper']
    case 'fib':
      return [expression.result !== 'type']
    case 'selector':
      return [expression.words === 'osf name']
    default:
      return []
  }
}

/** `ipv4_addr . ifname`, or of a `typeof` the words of a selector. */
export function quotingOfType(type: string): Quoting {
  return type.split(' . ').map((part) => {
    const meta = /^(?:meta )?(\w+)$/.exec(part)?.[1] ?? ''
    return QUOTED.has(part) || Object.hasOwn(QUOTED_META, meta) || part === 'ct helper' || part === 'osf name'
  })
}

const PRECEDENCE: Readonly<Record<Operator, number>> = { '|': 1, '^': 2, '&': 3, '<<': 4, '>>': 4 }

export function printExpression(expression: Expression, quoting: Quoting = []): string {
  if (typeof expression !== 'object') return printLiteral(expression, quoting[0] ?? false)
  switch (expression.kind) {
    case 'prefix':
      return `${printLiteral(expression.address, quoting[0] ?? false)}/${expression.length}`
    case 'range':
      return [expression.from, expression.to].map((end) => printLiteral(end, quoting[0] ?? false)).join('-')
    case 'list':
      return expression.items.map((item) => printLiteral(item, quoting[0] ?? false)).join(',')
    case 'concatenation':
      return expression.parts.map((part, at) => printExpression(part, [quoting[at] ?? false])).join(' . ')
    case 'set':
      return printElements(expression.elements, quoting)
    case 'reference':
      return `@${expression.name}`
    case 'payload':
      return `${expression.protocol} ${expression.field}`
    case 'raw':
      return `@${expression.base},${expression.offset},${expression.length}`
    case 'meta':
      return `meta ${expression.key}`
    case 'ct':
      return ['ct', ...(expression.direction ? [expression.direction] : []), expression.key].join(' ')
    case 'fib':
      return `fib ${expression.flags.join(' . ')} ${expression.result}`
    case 'numgen':
      return `numgen ${expression.mode} mod ${expression.modulus}${offset(expression.offset)}`
    case 'jhash':
    case 'symhash': {
      const { kind, of, modulus, seed } = expression
      const what = of === undefined ? '' : ` ${printExpression(of)}`
      return `${kind}${what} mod ${modulus}${seed === undefined ? '' : ` seed ${seed}`}${offset(expression.offset)}`
    }
    case 'selector':
      return expression.words
    case 'binary':
      return printBinary(expression)
    case 'map': {
      const { key, data } = expression
      return `${printExpression(key)} map ${printExpression(data, quotingOf(key))}`
    }
    case 'verdict':
      return expression.chain === undefined ? expression.verdict : `${expression.verdict} ${expression.chain}`
  }
}

function offset(count: number): string {
  return count === 0 ? '' : ` offset ${count}`
}

function printBinary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): string {
  const side = (part: Expression, above: number): string => {
    if (typeof part !== 'object') return printLiteral(part, false)
    if (part.kind === 'list') return `(${part.items.map((item) => printLiteral(item, false)).join(' | ')})`
    const text = printExpression(part)
    return part.kind === 'binary' && PRECEDENCE[part.operator] < above ? `(${text})` : text
  }
  return `${side(left, PRECEDENCE[operator])} ${operator} ${side(right, PRECEDENCE[operator] + 1)}`
}

export function printLiteral(literal: Literal, quoted: boolean): string {
  if (typeof literal === 'boolean') return literal ? 'exists' : 'missing'
  return quoted && literal !== '*' && typeof literal === 'string' ? `"${literal}"` : `${literal}`
}

export function printElements(elements: readonly Element[], quoting: Quoting, separator = ', '): string {
  if (elements.length === 0) return '{ }'
  return `{ ${elements.map((element) => printElement(element, quoting)).join(separator)} }`
}

/** Between elements a comma means the next one. */
function printBits(expression: Expression): string | undefined {
  if (typeof expression !== 'object' || expression.kind !== 'list') return undefined
  return expression.items.map((item) => printLiteral(item, false)).join(' | ')
}

export function printElement(element: Element, quoting: Quoting): string {
  const { key, data, timeout, expires, comment, statements = [] } = element
  const words = [printBits(key) ?? printExpression(key, quoting), ...statements.map(printStateful)]
  if (timeout !== undefined)
    words.push(`timeout ${timeout === Number.POSITIVE_INFINITY ? 'never' : formatDuration(timeout)}`)
  if (expires !== undefined) words.push(`expires ${formatDuration(expires)}`)
  if (comment !== undefined) words.push(`comment "${comment}"`)
  if (data !== undefined) words.push(`: ${printBits(data) ?? printExpression(data)}`)
  return words.join(' ')
}
