import { isIPv6 } from 'node:net'
import { rulesOfDump } from '../../model/packet/dump.ts'
import type { BothBackends, Family, Host, Rules } from '../../model/packet/packet.ts'
import { unseenLegacy } from '../../model/packet/unseen.ts'
import type { Dump } from '../../parse/iptables/rule.ts'
import { LEGACY_UNSEEN } from '../../parse/iptables/stray-warning.ts'
import type { Ruleset } from '../../parse/nft/ruleset.ts'
import { assumedSettings } from './settings.ts'

/** A node known by nothing but its rules: `iptables-save | snap trace --dump -`. */
export interface DumpedNode {
  readonly name: string | null
  readonly rules: ReadonlyMap<Family, DumpedRules>
  /** Of all families; absent: not given. */
  readonly nft?: Ruleset
  /** All its own addresses besides loopback; undefined: not given. */
  readonly addresses: readonly string[] | undefined
}

export interface DumpedRules {
  readonly rules: Rules | BothBackends
  /** What is taken for granted of this dump. */
  readonly assumptions: readonly string[]
}

export function dumpedRules(dump: Dump, family: Family): DumpedRules {
  const rules = rulesOfDump(dump, family)
  const names = dump.tables.map(({ name }) => name)
  const absent = ['nat', 'filter'].filter((name) => !names.includes(name))
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
  return {
    rules: dump.problems.some(({ message }) => message === LEGACY_UNSEEN) ? [rules, unseenLegacy(family)] : rules,
    assumptions: [
      ...absent.map((name) => `the dump has no table ${name}: taken to have no rules there`),
      ...twice.map((name) => `the dump has table ${name} more than once: only the last was followed`)
    ]
  }
}

/** The family whose dump this is: the program that wrote it says so, else its addresses do. */
export function familyOfDump(dump: Dump): Family {
  const program = dump.generator?.program
  if (program !== undefined) return /ip6/.test(program) ? 6 : 4
  const v6 = /^-[sd] \S*:|\s-[sd] \S*:/
  return dump.tables.some(({ chains }) =>
    [...chains.values()].some(({ rules }) => rules.some(({ text }) => v6.test(text)))
  )
    ? 6
    : 4
}

/** The node with exactly these addresses besides loopback, and kube-proxy's own settings where it runs. */
export function dumpedHost(addresses: readonly string[], family: Family, iptables: readonly Rules[]): Host {
  return {
    addresses: addresses
      .filter((address) => isIPv6(address) === (family === 6))
      .map((address) => ({ address, prefix: family === 6 ? 128 : 32 })),
    sysctls: assumedSettings(iptables)
  }
}
