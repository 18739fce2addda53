/**
 * Contents of an ipset, as `ipset save` writes them, and whether a packet's parts are in it.
 * Kernel: net/netfilter/ipset/ip_set_core.c (ip_set_test), ip_set_hash_gen.h (mtype_test_cidrs), ip_set_list_set.c.
 */
import { type Address, applyMask, parseAddress, prefixMask } from './address.ts'
import { bucketsOf, compareSpecific, type Field, type Probe, parseField } from './ipset-field.ts'
import { parseNumber } from './match/number.ts'
import type { Family, IpSet } from './packet.ts'

export interface ParsedSet {
  /** Undefined: cannot be said. */
  contains(probes: readonly Probe[], family: Family | undefined): boolean | undefined
  /** The sets that a list looks into. */
  readonly lists: readonly string[]
}

interface Member {
  readonly fields: readonly Field[]
  readonly nomatch: boolean
}

/** Types whose addresses may be cut by a mask; `netmask` and `bitmask` of others are not known. */
const MASKED: ReadonlySet<string> = new Set(['hash:ip', 'hash:ip,port', 'bitmap:ip'])

/** Undefined when the type is not understood: nothing may then be said about membership. `find`: the sets of a list. */
export function parseSet(
  { type, options = '', members }: IpSet,
  find: (name: string) => ParsedSet | undefined
): ParsedSet | undefined {
  const [method, kinds = ''] = type.split(':')
  if (method === 'list')
    return listOf(
      members.map((member) => member.split(' ')[0]!),
      find
    )
  const dimensions = kinds.split(',').map((kind) => (method === 'bitmap' && kind === 'port' ? 'bare port' : kind))
  const settings = settingsOf(type, options)
  if (settings === undefined || (method !== 'hash' && method !== 'bitmap')) return undefined
  const { family, mask, markMask } = settings
  const parsed = members
    .map((text) => parseMember(text, dimensions, markMask))
    .sort((a, b) => compareSpecific(a.fields, b.fields))
  const among = candidates(parsed)
  return {
    lists: [],
    contains: (probes, of) => {
      if (probes.length < dimensions.length || (family !== undefined && of !== undefined && family !== of)) return false
      const cut =
        mask === undefined
          ? probes
          : probes.map((probe) => ({ ...probe, address: probe.address && applyMask(probe.address, mask) }))
      const found = among(cut[0]!)
      return holdsAny(dimensions.includes('iface') ? narrowest(found, cut[0]!) : found, cut)
    }
  }
}

/** The kernel takes no list into a list. */
function listOf(lists: readonly string[], find: (name: string) => ParsedSet | undefined): ParsedSet {
  return {
    lists,
    contains: (probes, family) => {
      const sets = lists.map(find).map((set) => (set?.lists.length === 0 ? set : undefined))
      const answers = sets.map((set) => set?.contains(probes, family))
      return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false
    }
  }
}

interface Settings {
  readonly family?: Family
  readonly mask?: Address
  readonly markMask?: number
}

/** Undefined where an option would change what the members mean, and it is not known how. */
function settingsOf(type: string, options: string): Settings | undefined {
  const value = (name: string): string | undefined => new RegExp(`(?:^| )${name} (\\S+)`).exec(options)?.[1]
  const named = value('family')
  const family = named === 'inet6' ? 6 : named === 'inet' || type.startsWith('bitmap:ip') ? 4 : undefined
  const [netmask, bitmask, markMask] = [value('netmask'), value('bitmask'), value('markmask')]
  const mask =
    netmask !== undefined
      ? prefixMask(Number(netmask), family ?? 4)
      : bitmask === undefined
        ? undefined
        : parseAddress(bitmask)
  if ((netmask ?? bitmask) !== undefined && (mask === undefined || !MASKED.has(type))) return undefined
  return {
    ...(family !== undefined && { family }),
    ...(mask !== undefined && { mask }),
    ...(markMask !== undefined && { markMask: parseNumber(markMask) ?? 0xffffffff })
  }
}

/** Of members that hold the packet the most specific decides: what it excepts is not in the set. */
function holdsAny(members: readonly Member[], probes: readonly Probe[]): boolean | undefined {
  const possible = new Set<boolean>()
  for (const { fields, nomatch } of members) {
    const answer = holds(fields, probes)
    if (answer !== false) possible.add(!nomatch)
    if (answer === true) return possible.size === 1 ? !nomatch : undefined
  }
  return possible.has(true) ? undefined : false
}

/** Of interfaces the kernel asks for the narrowest network alone, whichever it is there with (mtype_test_cidrs, `multi`). */
function narrowest(members: readonly Member[], probe: Probe): readonly Member[] {
  const first = members.find(({ fields: [network] }) => network!.holds(probe) === true)
  return first === undefined
    ? members
    : members.filter(({ fields: [network] }) => network!.bucket === first.fields[0]!.bucket)
}

function holds(fields: readonly Field[], probes: readonly Probe[]): boolean | undefined {
  let known = true
  for (let at = 0; at < fields.length; at++) {
    const answer = fields[at]!.holds(probes[at]!)
    if (answer === false) return false
    if (answer === undefined) known = false
  }
  return known ? true : undefined
}

/** A member that is not understood may hold any packet. */
function parseMember(text: string, dimensions: readonly string[], markMask: number | undefined): Member {
  const [entry = '', ...options] = text.trim().split(/\s+/)
  const values = entry.split(',')
  const fields = dimensions.map((kind, at) =>
    parseField(kind, values[at] ?? '', { markMask, wildcard: options.includes('wildcard') })
  )
  return { fields, nomatch: options.includes('nomatch') }
}

/** Those that may hold a packet, by the first thing they ask for: sets of tens of thousands are not looked through one by one. */
function candidates(members: readonly Member[]): (probe: Probe) => readonly Member[] {
  const buckets = new Map<string, Member[]>()
  const masks = new Map<string, Address>()
  for (const member of members) {
    const { bucket = '', mask } = member.fields[0]!
    if (mask !== undefined) masks.set(mask.join(), mask)
    const bucketed = buckets.get(bucket)
    if (bucketed) bucketed.push(member)
    else buckets.set(bucket, [member])
  }
  return (probe) => {
    const keys = bucketsOf(probe, [...masks.values()])
    if (keys === undefined) return members
    const found = [...keys, ''].flatMap((key) => buckets.get(key) ?? [])
    return found.length < 2 ? found : found.sort((a, b) => compareSpecific(a.fields, b.fields))
  }
}
