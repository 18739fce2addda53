import { chainKind } from '../../src/model/chain-kinds.ts'
import { ruleColumns } from '../../src/model/rule-columns.ts'
import { decodeBytes } from '../../src/parse/iptables/bytes.ts'
import type { Chain, RuleLine } from '../../src/parse/iptables/rule.ts'
import { readSave } from '../../src/parse/iptables/save.ts'
import { dayName, type NodeDump } from './dump-snapshot.ts'

/** kube-proxy writes these in any order, so a rule's place in them means nothing. */
const DISPATCH = new Set(['services', 'external-services', 'node-ports', 'proxy-firewall'])

/** The views `chains` and `rules` straight from the dumps, as a program without a store would compute them. */
export function naiveViews(days: readonly (readonly NodeDump[])[]): string[] {
  const rows = days.flatMap((dumps, day) => dumps.flatMap(({ node, text }) => dumpRows(dayName(day), node, text)))
  return rows.sort()
}

function dumpRows(snapshot: string, node: string, text: string): string[] {
  const dump = readSave(decodeBytes(Buffer.from(text)))
  const all = dump.tables.flatMap((table) => [...table.chains.values()].flatMap(({ rules }) => rules))
  // A count that is missing among others would be told as 0, so then none is told.
  const counted = all.length > 0 && all.every(({ counters }) => counters)
  const who = {
    snapshot,
    node,
    namespace: null,
    pod: null,
    container: null,
    family: 'ipv4',
    backend: dump.generator?.backend ?? null
  }
  return dump.tables.flatMap((table) =>
    [...table.chains.values()].flatMap((chain) => {
      const at = { ...who, table_name: table.name, chain: chain.name, kind: chainKind(chain.name).kind }
      const { hash } = chainKind(chain.name)
      return [
        `chains ${JSON.stringify({ ...at, hash, policy: chain.policy, rules: chain.rules.length, complete: chain.complete === false ? 0 : 1, ...policyCounters(chain) })}`,
        ...chain.rules.map(
          (rule, index) => `rules ${JSON.stringify({ ...at, ...ruleRow(chain, rule, index, counted) })}`
        )
      ]
    })
  )
}

function ruleRow(chain: Chain, { text, counters }: RuleLine, index: number, counted: boolean): object {
  const c = ruleColumns(text)
  const number = DISPATCH.has(chainKind(chain.name).kind) ? null : index + 1
  return {
    number,
    text,
    protocol: c.protocol,
    source: c.source,
    destination: c.destination,
    in_interface: c.inInterface,
    out_interface: c.outInterface,
    destination_ports: c.destinationPorts,
    target: c.target,
    is_goto: c.isGoto ? 1 : 0,
    to_destination: c.toDestination,
    probability: c.probability,
    packets: counted ? count(counters?.packets) : null,
    bytes: counted ? count(counters?.bytes) : null,
    not_understood: c.notUnderstood
  }
}

function count(text = '0'): number | string {
  return BigInt(text) < 2n ** 63n ? Number(text) : text
}

function policyCounters({ policy, counters }: Chain): { packets: number | null; bytes: number | null } {
  return policy === null || !counters
    ? { packets: null, bytes: null }
    : { packets: Number(counters.packets), bytes: Number(counters.bytes) }
}
