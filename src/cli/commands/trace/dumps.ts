import { isIP } from 'node:net'
import { type DumpedNode, type DumpedRules, dumpedRules, familyOfDump } from '../../../ask/trace/dumped-node.ts'
import { readInput } from '../../../input-file.ts'
import type { Family } from '../../../model/packet/packet.ts'
import { decodeText } from '../../../parse/iptables/bytes.ts'
import { readRules } from '../../../parse/iptables/read-rules.ts'
import type { Dump } from '../../../parse/iptables/rule.ts'
import { isRuleset, readRuleset } from '../../../parse/nft/read.ts'
import type { Ruleset } from '../../../parse/nft/ruleset.ts'
import { UserError } from '../../../problem.ts'
import { talk } from '../../terminal/print.ts'

export interface DumpOptions {
  readonly dump?: string
  readonly ip6Dump?: string
  readonly nft?: string
  readonly nodeIp?: readonly string[]
  readonly node?: string
}

export interface ReadNode extends DumpedNode {
  readonly dumps: ReadonlyMap<Family, Dump>
}

/** Reads the dumps of one node, each from a file or, for `-`, standard input. Throws: UserError for what is no dump. */
export async function readDumpedNode({ dump, ip6Dump, nft, nodeIp, node }: DumpOptions): Promise<ReadNode> {
  const dumps = new Map<Family, Dump>()
  if (ip6Dump !== undefined) dumps.set(6, dumpOf(await readText(ip6Dump)))
  let ruleset = nft === undefined ? undefined : rulesetOf(await readText(nft))
  if (dump !== undefined) {
    const read = await readText(dump)
    if (isRuleset(read.text)) {
      if (ruleset) throw new UserError(`trace: ${read.name} is an nft ruleset, and so is --nft; give one of them`)
      ruleset = rulesetOf(read)
    } else {
      const iptables = dumpOf(read)
      dumps.set(ip6Dump === undefined ? familyOfDump(iptables) : 4, iptables)
    }
  }
  const rules = new Map<Family, DumpedRules>([...dumps].map(([family, each]) => [family, dumpedRules(each, family)]))
  return {
    name: node ?? null,
    rules,
    addresses: nodeIp && addressesOf(nodeIp),
    dumps,
    ...(ruleset && { nft: ruleset })
  }
}

interface NamedText {
  readonly name: string
  readonly text: string
}

async function readText(file: string): Promise<NamedText> {
  const name = file === '-' ? 'standard input' : file
  return { name, text: decodeText(await readBytes(file, name)) }
}

function rulesetOf({ name, text }: NamedText): Ruleset {
  const ruleset = readRuleset(text)
  if (ruleset.tables.length === 0 && text.trim() !== '' && !isRuleset(text))
    throw new UserError(`trace: ${name} is no nft ruleset; give what nft list ruleset or nft -j list ruleset prints`)
  const problems = [...ruleset.problems, ...ruleset.tables.flatMap(({ unread }) => unread)]
  for (const { line, text: what } of problems.slice(0, MOST_PROBLEMS))
    talk(
      `snap: ${name}${line === undefined ? '' : `, line ${line}`}: not understood: ${what.split('\n')[0]!.slice(0, 100)}`
    )
  if (problems.length > MOST_PROBLEMS)
    talk(`snap: ${name}: ${problems.length - MOST_PROBLEMS} more parts were not understood`)
  return ruleset
}

function dumpOf({ name, text }: NamedText): Dump {
  const dump = readRules(text)
  if (dump.tables.length === 0)
    throw new UserError(
      `trace: ${name} has no table of rules; give what iptables-save, ip6tables-save or nft list ruleset prints`
    )
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
    if (file !== '-') return readInput(file)
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
