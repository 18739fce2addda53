/**
 * -m recent: lists of clients seen before. Nobody knows them from a rules dump, so each is a condition whose
 * usual value is that of a client never seen. Kernel: net/netfilter/xt_recent.c.
 */
import type { Match } from '../../../parse/iptables/rule.ts'
import { applyMask, formatAddress, parseAddress } from '../address.ts'
import type { Flow } from '../flow.ts'
import { negateIf, type Part, type Situation, undecided } from './part.ts'
import { ask, type Truth } from './truth.ts'

export function recentParts(match: Match): Part[] {
  const { options } = match
  const find = (name: string) => options.find((option) => option.name === name)
  const list = listOf(match)
  const action = find('--set') ?? find('--rcheck') ?? find('--update') ?? find('--remove')
  if (!action || (action.name === '--set' && action.negated)) {
    return options.map((option) => undecided(match, option, 'option not known'))
  }
  if (action.name === '--set') {
    return [{ check: () => true, remember: (flow, situation) => note(flow, '+', list(situation)) }]
  }
  const seconds = find('--seconds')?.args[0]
  const hits = Number(find('--hitcount')?.args[0] ?? 0)
  const limits = `${seconds ? ` within ${seconds} s` : ''}${hits > 1 ? ` ${hits} times` : ''}`
  const { check } = negateIf(action.negated, (situation) => seen(situation, list(situation), limits, hits))
  if (action.name !== '--remove') return [{ check }]
  return [{ check, remember: (flow, situation) => note(flow, '-', list(situation)) }]
}

/** `NAME ADDRESS`: which list, and which entry of it. */
function listOf(match: Match): (situation: Situation) => string {
  const value = (name: string) => match.options.find((option) => option.name === name)?.args[0]
  const name = value('--name') ?? 'DEFAULT'
  const byDestination = match.options.some((option) => option.name === '--rdest')
  const mask = parseAddress(value('--mask') ?? '')
  return ({ flow }) => {
    const address = byDestination ? flow.destination : flow.source
    if (!address) return `${name} unknown`
    return `${name} ${formatAddress(mask?.length === address.length ? applyMask(address, mask) : address)}`
  }
}

function seen({ flow }: Situation, entry: string, limits: string, hits: number): Truth {
  const last = flow.recent.findLast((each) => each.slice(1) === entry)
  if (last?.startsWith('-')) return false
  if (last && hits <= 1) return true
  const [name, address] = entry.split(' ')
  return ask({
    id: `recent ${entry}${limits}`,
    text: `list ${name} has seen ${address}${limits}`,
    reason: 'the list’s contents are not in the rules',
    newClient: false
  })
}

/** That this packet made (`+`) an entry, or removed (`-`) it. */
export function note(flow: Flow, sign: '+' | '-', entry: string): Flow {
  return { ...flow, recent: [...flow.recent.filter((each) => each.slice(1) !== entry), sign + entry] }
}
