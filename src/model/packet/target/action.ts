/** What a rule does to a packet it matches. */
import type { RuleSpec, Target } from '../../../parse/iptables/rule.ts'
import { type Flow, headerChanged } from '../flow.ts'
import type { Edit } from './edit.ts'
import { editOf } from './mark.ts'
import { type Nat, parseNat } from './nat.ts'

export type Action =
  /** `changes`: what matches say of it may be otherwise from here on. */
  | { readonly kind: 'continue'; readonly changes?: (flow: Flow) => Flow }
  | { readonly kind: 'accept' | 'drop' | 'return' }
  | { readonly kind: 'reject'; readonly with: string }
  | { readonly kind: 'chain'; readonly name: string; readonly goto: boolean }
  | { readonly kind: 'edit'; readonly edit: Edit }
  | { readonly kind: 'nat'; readonly nat: Nat }
  /** Somebody else decides, or we do not know what it does: `text` is what must hold for the packet to go on. */
  | { readonly kind: 'suppose'; readonly text: string; readonly reason: string; readonly then: 'continue' | 'accept' }

/** Targets after which the packet goes on to the next rule and no later rule sees a difference. */
const CONTINUING: ReadonlySet<string> = new Set([
  'LOG',
  'NFLOG',
  'ULOG',
  'AUDIT',
  'TRACE',
  'CLASSIFY',
  'CHECKSUM',
  'TEE',
  'IDLETIMER',
  'RATEEST',
  'LED',
  'SECMARK',
  'CONNSECMARK'
])

/** The same, but for matches on the header. */
const CHANGING_HEADER: ReadonlySet<string> = new Set(['DSCP', 'TOS', 'ECN', 'TTL', 'HL', 'TCPMSS', 'TCPOPTSTRIP'])

/** Targets that hand the packet to somebody else. */
const HANDED_OVER: ReadonlySet<string> = new Set(['NFQUEUE', 'QUEUE'])

/** Targets of the kernel or of xtables-addons whose effect the rules do not tell. */
const OPAQUE: ReadonlySet<string> = new Set([
  'TPROXY',
  'SYNPROXY',
  'HMARK',
  'CLUSTERIP',
  'SNPT',
  'DNPT',
  'SAME',
  'MIRROR',
  'ROUTE',
  'TARPIT',
  'DELUDE',
  'CHAOS',
  'STEAL',
  'ECHO',
  'DNETMAP',
  'RAWDNAT',
  'RAWSNAT',
  'ACCOUNT',
  'SYSRQ',
  'LOGMARK',
  'IPMARK'
])

export function compileTarget(spec: RuleSpec): Action {
  const { target } = spec
  if (spec.unreadable?.includes('target')) return opaque('its target, which is not shown in full,')
  if (!target) {
    if (spec.remainder === undefined) return { kind: 'continue' }
    return opaque(`the rest of it, which is cut or not known (${spec.remainder}),`)
  }
  const { name } = target
  if (name === 'ACCEPT') return { kind: 'accept' }
  if (name === 'DROP') return { kind: 'drop' }
  if (name === 'RETURN') return { kind: 'return' }
  if (target.goto) return { kind: 'chain', name, goto: true }
  if (name === 'SET') return changingSet(target)
  if (OPAQUE.has(name)) return opaque(words(target))
  if (CONTINUING.has(name)) return { kind: 'continue' }
  if (CHANGING_HEADER.has(name))
    return mayExpire(target) ? opaque(words(target)) : { kind: 'continue', changes: headerChanged }
  if (HANDED_OVER.has(name)) {
    const text = `a program reading the queue accepts the packet (${words(target)})`
    return { kind: 'suppose', text, reason: 'the program’s decision is not in the rules', then: 'accept' }
  }
  return builtIn(target) ?? (target.options.length > 0 ? opaque(words(target)) : { kind: 'chain', name, goto: false })
}

/** --map-set may give the packet a mark. */
function changingSet(target: Target): Action {
  if (target.options.some(({ name }) => name === '--map-set')) return opaque(words(target))
  const names = target.options.flatMap(({ name, args }) =>
    name === '--add-set' || name === '--del-set' ? args.slice(0, 1) : []
  )
  return {
    kind: 'continue',
    changes: (flow) => ({ ...flow, setsChanged: [...new Set([...flow.setsChanged, ...names])] })
  }
}

/** A packet whose hops are used up is not forwarded. */
function mayExpire({ name, options }: Target): boolean {
  if (name !== 'TTL' && name !== 'HL') return false
  return !options.some(
    (option) => /-inc$/.test(option.name) || (/-set$/.test(option.name) && Number(option.args[0]) > 1)
  )
}

function builtIn(target: Target): Action | undefined {
  if (target.name === 'REJECT') {
    const kind = target.options.find((option) => option.name === '--reject-with')?.args[0]
    return { kind: 'reject', with: kind ?? 'icmp-port-unreachable' }
  }
  const edit = editOf(target)
  if (edit) return { kind: 'edit', edit }
  if (!NAT_TARGETS.has(target.name) && !EDIT_TARGETS.has(target.name)) return undefined
  const nat = target.opaque ? undefined : parseNat(target)
  return nat ? { kind: 'nat', nat } : opaque(words(target))
}

const NAT_TARGETS: ReadonlySet<string> = new Set(['DNAT', 'SNAT', 'REDIRECT', 'MASQUERADE', 'NETMAP'])
const EDIT_TARGETS: ReadonlySet<string> = new Set(['MARK', 'CONNMARK', 'CT', 'NOTRACK'])

function opaque(what: string): Action {
  const text = `${what} lets the packet go on unchanged`
  return { kind: 'suppose', text, reason: 'what this target does is not known', then: 'continue' }
}

function words(target: Target): string {
  return ['-j', target.name, ...target.options.flatMap((option) => [option.name, ...option.args])].join(' ')
}
