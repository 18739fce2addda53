import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { type DumpedNode, type DumpedRules, dumpedRules, familyOfDump } from '../../../ask/trace/dumped-node.ts'
import type { Family } from '../../../model/packet/packet.ts'
import { decodeText } from '../../../parse/iptables/bytes.ts'
import { readRules } from '../../../parse/iptables/read-rules.ts'
import type { Dump } from '../../../parse/iptables/rule.ts'
import { UserError } from '../../../problem.ts'
import { talk } from '../../terminal/print.ts'

export interface DumpOptions {
  readonly dump?: string
  readonly ip6Dump?: string
  readonly nodeIp?: readonly string[]
  readonly node?: string
}

export interface ReadNode extends DumpedNode {
  readonly dumps: ReadonlyMap<Family, Dump>
}

/** Reads the dumps of one node, each from a file or, for `-`, standard input. Throws: UserError for what is no dump. */
export async function readDumpedNode({ dump, ip6Dump, nodeIp, node }: DumpOptions): Promise<ReadNode> {
  const dumps = new Map<Family, Dump>()
  if (ip6Dump !== undefined) dumps.set(6, await readDump(ip6Dump))
  if (dump !== undefined) {
    const read = await readDump(dump)
    dumps.set(ip6Dump === undefined ? familyOfDump(read) : 4, read)
  }
  const rules = new Map<Family, DumpedRules>([...dumps].map(([family, each]) => [family, dumpedRules(each, family)]))
  return { name: node ?? null, rules, addresses: nodeIp && addressesOf(nodeIp), dumps }
}

async function readDump(file: string): Promise<Dump> {
  const name = file === '-' ? 'standard input' : file
  const dump = readRules(decodeText(await readBytes(file, name)))
  if (dump.tables.length === 0)
    throw new UserError(`trace: ${name} has no table of rules; give what iptables-save or ip6tables-save prints`)
  if (dump.tables.some((table) => table.name === null))
    throw new UserError(
      `trace: ${name} does not tell of which table its rules are; give what iptables-save prints, which does`
    )
  for (const { line, message } of dump.problems.slice(0, MOST_PROBLEMS)) talk(`snap: ${name}, line ${line}: ${message}`)
  if (dump.problems.length > MOST_PROBLEMS)
    talk(`snap: ${name}: ${dump.problems.length - MOST_PROBLEMS} more lines were not understood`)
  return dump
}

const MOST_PROBLEMS = 10

async function readBytes(file: string, name: string): Promise<Buffer> {
  try {
    if (file !== '-') return await readFile(file)
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  } catch (error) {
    throw new UserError(`trace: ${name} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

function addressesOf(words: readonly string[]): string[] {
  const addresses = words.flatMap((word) => word.split(',')).filter((word) => word !== '')
  const wrong = addresses.find((address) => isIP(address) === 0)
  if (wrong !== undefined)
    throw new UserError(
      `trace: --node-ip ${wrong} is no IP address; give the node's own addresses, such as 192.168.0.2,fd00::2`
    )
  return addresses
}
