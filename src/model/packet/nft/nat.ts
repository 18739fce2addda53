/** dnat, snat, masquerade and redirect as the translations that iptables' targets are too: the kernel's code is one. */
import type { Expression, Nat } from '../../../parse/nft/expression.ts'
import { type Address, applyMask, parseAddress, prefixMask } from '../address.ts'
import type { Range } from '../match/number.ts'
import type { Nat as Translation } from '../target/nat.ts'
import { spanOf } from './lookup.ts'

const TARGETS = { dnat: 'DNAT', snat: 'SNAT', masquerade: 'MASQUERADE', redirect: 'REDIRECT' } as const

/** A string: what of it cannot be known. */
export function natOf({ action, flags, prefix }: Nat, address?: Expression, port?: Expression): Translation | string {
  const random = flags.includes('random') || flags.includes('fully-random')
  const ports: Range | undefined = port === undefined ? undefined : spanOf(port)
  if (port !== undefined && !ports) return 'the port it translates to is not known'
  if (address === undefined) return { target: TARGETS[action], random, ...(ports && { ports }) }
  const ends = endsOf(address)
  if (!ends) return 'the address it translates to is not known'
  const [from, to] = ends
  if (prefix && typeof address === 'object' && address.kind === 'prefix')
    return { target: 'NETMAP', random, network: { base: from, mask: maskOf(from, address.length) } }
  if (prefix) return 'the network it maps to is not known'
  return { target: TARGETS[action], random, from, to, ...(ports && { ports }) }
}

function maskOf(address: Address, length: number): Address {
  return prefixMask(length, address.length === 1 ? 4 : 6)
}

/** The first and the last address. */
function endsOf(expression: Expression): [Address, Address] | undefined {
  if (typeof expression === 'string') {
    const only = parseAddress(expression)
    return only && [only, only]
  }
  if (typeof expression !== 'object') return undefined
  if (expression.kind === 'range') {
    const [from, to] = [parseAddress(String(expression.from)), parseAddress(String(expression.to))]
    return from && to && [from, to]
  }
  const base = expression.kind === 'prefix' ? parseAddress(String(expression.address)) : undefined
  if (!base || expression.kind !== 'prefix') return undefined
  const mask = maskOf(base, expression.length)
  return [applyMask(base, mask), base.map((word, at) => (word | ~mask[at]!) >>> 0)]
}
