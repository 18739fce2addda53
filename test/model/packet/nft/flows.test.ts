/** kube-proxy's own packet-flow cases of its nftables mode, loaded by nft and read back as text and as JSON. */
import { existsSync, readFileSync } from 'node:fs'
import test from 'ava'
import { evaluate } from '../../../../src/model/packet/evaluate.ts'
import { nftRulesOf } from '../../../../src/model/packet/nft/rules.ts'
import { isForNewClient, type Outcome } from '../../../../src/model/packet/outcome.ts'
import { EXTERNAL_CLIENT, type Family, type Host } from '../../../../src/model/packet/packet.ts'
import { readRuleset } from '../../../../src/parse/nft/read.ts'
import { loadEach, nftMissing } from '../../../parse/nft/real-nft.ts'

interface Case {
  readonly test: string
  readonly subtest: string
  readonly dump: string
  readonly nodeIPs: readonly string[]
  readonly flows: readonly Flow[]
}

interface Flow {
  readonly name: string
  readonly sourceIP: string
  readonly protocol: string
  readonly destIP: string
  readonly destPort: number
  readonly expected: { readonly output: string; readonly masq: boolean }
}

const oracle = new URL('../../../../../../shared/oracle/', import.meta.url)
const missing = existsSync(oracle) ? nftMissing() : 'no ../shared/oracle'
const withCases = missing === undefined ? test : test.skip
const needs = missing === undefined ? '' : ` (skipped: ${missing})`

/**
 * kube-proxy's tests, and their tracer, let what the node sends itself skip the chain that drops it at output. The kernel
 * does not: in a namespace it counts the packet at no-endpoint-services and drops it.
 */
const KERNEL_SAYS: Readonly<Record<string, Result>> = {
  '1.31 local, mark for masquerade': { output: 'DROP', masq: false }
}

for (const version of ['1.31', '1.34']) {
  withCases(`kube-proxy ${version} in nftables mode: every flow goes where its own tests say${needs}`, (t) => {
    const lines = readFileSync(new URL(`flows-nft-${version}.jsonl`, oracle), 'utf8')
      .trimEnd()
      .split('\n')
    const cases = lines.map((line) => JSON.parse(line) as Case)
    const listed = loadEach(cases.map(({ dump }) => dump))
    let flows = 0
    cases.forEach((each, at) => {
      t.is(listed[at]!.error, '')
      for (const form of [listed[at]!.text, listed[at]!.json]) {
        const ruleset = readRuleset(form)
        for (const flow of each.flows) {
          const family: Family = flow.destIP.includes(':') ? 6 : 4
          const rules = { family, iptables: [], nft: nftRulesOf(ruleset, family) }
          const outcomes = evaluate(rules, hostOf(each.nodeIPs), {
            protocol: flow.protocol || 'tcp',
            source: flow.sourceIP || EXTERNAL_CLIENT[family],
            sourcePort: 40_000,
            destination: flow.destIP,
            destinationPort: flow.destPort
          }).filter(isForNewClient)
          const right = KERNEL_SAYS[`${version} ${flow.name}`] ?? expectedOf(flow)
          t.deepEqual(resultOf(outcomes), right, `${each.test} ${each.subtest} ${flow.name}\n${form}`)
          flows++
        }
      }
    })
    t.log(`${flows / 2} flows of ${cases.length} rulesets, read as text and as JSON`)
    t.true(flows > 100)
  })
}

function hostOf(addresses: readonly string[]): Host {
  return { addresses: addresses.map((address) => ({ address, prefix: address.includes(':') ? 128 : 32 })) }
}

interface Result {
  readonly output: string
  readonly masq: boolean
}

/** What is dropped or rejected was not masqueraded; what is unknown agrees with nothing. */
function resultOf(outcomes: readonly Outcome[]): Result {
  const ends = outcomes.map(({ verdict, destinationNat, packet }) => {
    if (verdict === 'dropped') return 'DROP'
    if (verdict === 'rejected') return 'REJECT'
    if (verdict === 'unknown') return 'unknown'
    const { destination = '', destinationPort } = packet
    if (!destinationNat) return ''
    return destination.includes(':') ? `[${destination}]:${destinationPort}` : `${destination}:${destinationPort}`
  })
  const masq = outcomes.some(({ verdict, masqueraded }) => verdict === 'accepted' && masqueraded === true)
  return { output: sorted(ends), masq }
}

function expectedOf({ expected: { output, masq } }: Flow): Result {
  const ends = output.split(',').map((each) => each.trim())
  return { output: sorted(ends), masq: masq && output !== 'DROP' && output !== 'REJECT' }
}

function sorted(ends: readonly string[]): string {
  return [...new Set(ends)].sort().join(', ')
}
