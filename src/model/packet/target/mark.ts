/** MARK, CONNMARK, CT and NOTRACK. Kernel: net/netfilter/xt_mark.c, xt_connmark.c, xt_CT.c. */
import type { Target } from '../../../parse/iptables/rule.ts'
import type { Flow } from '../flow.ts'
import { isTracked } from '../match/connection.ts'
import { hex, parseMasked } from '../match/number.ts'
import type { Edit } from './edit.ts'

interface Masked {
  readonly value: number
  readonly mask: number
}

/** Undefined when the target is none of these or its options are not understood. */
export function editOf(target: Target): Edit | undefined {
  switch (target.name) {
    case 'MARK':
      return markEdit(target)
    case 'CONNMARK':
      return connectionMarkEdit(target)
    case 'NOTRACK':
      return untrack
    case 'CT':
      return target.options.some((option) => option.name === '--notrack') ? untrack : unchanged
    default:
      return undefined
  }
}

const unchanged: Edit = { apply: (flow) => flow, show: (flow) => flow.state }

/** Only a packet that has no conntrack entry yet: one looped back keeps its own. */
const untrack: Edit = {
  apply: (flow) => (flow.looped ? flow : { ...flow, state: 'UNTRACKED' }),
  show: (flow) => flow.state
}

function markEdit(target: Target): Edit | undefined {
  const change = xmark(target)
  return change && { apply: (flow) => ({ ...flow, mark: write(flow.mark, change) }), show: (flow) => hex(flow.mark) }
}

/** All spellings come down to: mark = (mark & ~mask) ^ value. */
function xmark(target: Target): Masked | undefined {
  for (const { name, args } of target.options) {
    const given = parseMasked(args[0] ?? '')
    if (!given) continue
    if (name === '--set-xmark') return given
    if (name === '--set-mark') return { value: given.value, mask: (given.value | given.mask) >>> 0 }
    if (name === '--or-mark') return { value: given.value, mask: given.value }
    if (name === '--and-mark') return { value: 0, mask: ~given.value >>> 0 }
    if (name === '--xor-mark') return { value: given.value, mask: 0 }
  }
  return undefined
}

function write(mark: number | null, { value, mask }: Masked): number | null {
  if (mask === 0xffffffff) return value
  return mark === null ? null : ((mark & ~mask) ^ value) >>> 0
}

function connectionMarkEdit(target: Target): Edit | undefined {
  const apply = connectionMarkChange(target)
  const show = (flow: Flow) => `mark ${hex(flow.mark)} connmark ${hex(flow.connectionMark)}`
  return apply && { apply: (flow, situation) => (isTracked(situation) ? apply(flow) : flow), show }
}

function connectionMarkChange(target: Target): ((flow: Flow) => Flow) | undefined {
  const has = (name: string) => target.options.some((option) => option.name === name)
  const maskOf = (name: string) => {
    const option = target.options.find((each) => each.name === name || each.name === '--mask')
    return option ? (parseMasked(option.args[0] ?? '')?.value ?? 0) : 0xffffffff
  }
  const [packet, connection] = [maskOf('--nfmask'), maskOf('--ctmask')]
  if (has('--save-mark')) {
    return (flow) => ({ ...flow, connectionMark: copy(flow.mark, packet, flow.connectionMark, connection) })
  }
  if (has('--restore-mark')) {
    return (flow) => ({ ...flow, mark: copy(flow.connectionMark, connection, flow.mark, packet) })
  }
  const change = xmark(target)
  return change && ((flow) => ({ ...flow, connectionMark: write(flow.connectionMark, change) }))
}

/** to = (to & ~toMask) ^ (from & fromMask) */
function copy(from: number | null, fromMask: number, to: number | null, toMask: number): number | null {
  return from === null ? null : write(to, { value: (from & fromMask) >>> 0, mask: toMask })
}
