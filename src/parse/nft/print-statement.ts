/** Statements as nft reads them. */
import type { Expression, Literal, Log, Match, Nat, Reject, SetUpdate, Statement } from './expression.ts'
import { printElement, printExpression, quotingOf } from './print-expression.ts'
import { printStateful } from './print-stateful.ts'
import { isBitmask } from './selectors.ts'

export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'verdict':
      return printExpression(statement)
    case 'match':
      return printMatch(statement)
    case 'vmap':
      return `${printExpression(statement.key)} vmap ${printExpression(statement.data, quotingOf(statement.key))}`
    case 'counter':
    case 'limit':
    case 'quota':
    case 'ct count':
    case 'unread':
      return printStateful(statement)
    case 'log':
      return printLog(statement)
    case 'reject':
      return printReject(statement)
    case 'nat':
      return printNat(statement)
    case 'assign':
      return `${printExpression(statement.target)} set ${printExpression(statement.value, quotingOf(statement.target))}`
    case 'update':
      return printUpdate(statement)
    case 'object': {
      const name = typeof statement.name === 'string' ? `"${statement.name}"` : printExpression(statement.name)
      return `${statement.type} ${statement.type.startsWith('ct ') ? 'set' : 'name'} ${name}`
    }
    case 'named':
      return statement.words === '' ? statement.name : `${statement.name} ${statement.words}`
  }
}

/** False for what nft would not read again: what it did not show, extensions of iptables, and unknown JSON. */
export function canPrint(statement: Statement): boolean {
  if (statement.kind === 'unread') return statement.text !== undefined
  return statement.kind !== 'named' || statement.name !== 'xt'
}

function printMatch({ operator, left, right }: Match): string {
  if (typeof left === 'object' && left.kind === 'binary' && left.operator === '&' && isList(left.right)) {
    const not = operator === '!=' ? '!= ' : ''
    if (operator === '==' || operator === '!=')
      return isList(right) || typeof right === 'string'
        ? `${printExpression(left.left)} ${not}${printExpression(right)} / ${printExpression(left.right)}`
        : `${printExpression(left)} ${operator} ${printExpression(right)}`
  }
  return [printExpression(left), ...shown(operator, left, right), printExpression(right, quotingOf(left))].join(' ')
}

function isList(expression: Expression): boolean {
  return typeof expression === 'object' && expression.kind === 'list'
}

/** `==` is said of bits, where no word means any of them, and of what is reckoned. */
function shown(operator: Match['operator'], left: Expression, right: Expression): string[] {
  if (operator === 'in') return []
  if (operator !== '==') return [operator]
  const plain = typeof right !== 'object' || right.kind === 'list'
  return plain && typeof left === 'object' && (left.kind === 'binary' || isBits(left)) ? ['=='] : []
}

function isBits(left: Exclude<Expression, Literal>): boolean {
  if (left.kind === 'ct') return isBitmask('ct', left.key)
  return left.kind === 'payload' && isBitmask('payload', `${left.protocol} ${left.field}`)
}

function printLog({ prefix, group, snaplen, queueThreshold, level, flags }: Log): string {
  const words = ['log']
  if (prefix !== undefined) words.push(`prefix "${prefix}"`)
  if (group !== undefined) words.push(`group ${group}`)
  if (snaplen !== undefined) words.push(`snaplen ${snaplen}`)
  if (queueThreshold !== undefined) words.push(`queue-threshold ${queueThreshold}`)
  if (level !== undefined) words.push(`level ${level}`)
  for (const protocol of ['tcp', 'ip']) {
    const named = flags.filter((flag) => flag.startsWith(`${protocol} `)).map((flag) => flag.slice(protocol.length + 1))
    if (named.length > 0) words.push(`flags ${protocol} ${named.join(',')}`)
  }
  for (const flag of flags) if (!/^(?:tcp|ip) /.test(flag)) words.push(`flags ${flag}`)
  return words.join(' ')
}

function printReject({ type, code }: Reject): string {
  if (type === undefined) return 'reject'
  return code === undefined ? `reject with ${type}` : `reject with ${type} type ${code}`
}

function printNat({ action, family, address, port, flags, prefix }: Nat): string {
  const words: string[] = [action]
  if (family !== undefined) words.push(family)
  if (prefix) words.push('prefix')
  if (address !== undefined || port !== undefined) words.push('to', place(address, port))
  if (flags.length > 0) words.push(flags.join(','))
  return words.join(' ')
}

function place(address: Expression | undefined, port: Expression | undefined): string {
  const after = port === undefined ? '' : `:${printExpression(port)}`
  if (address === undefined) return after
  const text = printExpression(address)
  const version6 = (end: unknown): boolean => typeof end === 'string' && end.includes(':')
  if (after === '') return text
  if (typeof address === 'object' && address.kind === 'range' && version6(address.from))
    return `[${address.from}]-[${address.to}]${after}`
  return version6(address) ? `[${text}]${after}` : `${text}${after}`
}

function printUpdate({ operation, set, element, statements }: SetUpdate): string {
  const { data, ...key } = element
  const parts = [printElement(key, []), ...statements.map(printStatement)]
  if (data !== undefined) parts.push(`: ${printExpression(data)}`)
  return `${operation} @${set} { ${parts.join(' ')} }`
}
