/** kube-proxy's own rules and packets with known answers, by the kernel where it was asked. */
import type { ExecutionContext } from 'ava'
import { rulesOfDump } from '../../../src/model/packet/dump.ts'
import { evaluate } from '../../../src/model/packet/evaluate.ts'
import { isForNewClient, type Outcome } from '../../../src/model/packet/outcome.ts'
import type { Host } from '../../../src/model/packet/packet.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import { oracleCases, oracleFiles, testWithOracle } from '../../support/oracle.ts'

interface Answer {
  readonly destinations: readonly string[]
  readonly verdict: string | null
  readonly masqueradedAny: boolean
  readonly by: 'kernel' | 'test' | 'tracer'
}

interface OracleCase {
  readonly k8sVersion: string
  readonly test: string
  readonly subtest: string
  readonly ipFamily: string
  readonly dumpSave: string
  readonly dumpSaveLegacy: string
  readonly nodeIPs: readonly string[]
  readonly flows: readonly {
    readonly name: string
    readonly source: string
    readonly protocol: string
    readonly destination: string
    readonly port: number
    readonly answer: Answer
  }[]
}

testWithOracle('every flow of the oracle has its known answer, in either backend', (t) => {
  const files = oracleFiles('iptables')
  t.true(files.length > 0)
  for (const file of files) {
    for (const each of oracleCases<OracleCase>(file)) {
      for (const dump of [each.dumpSave, each.dumpSaveLegacy]) compareFlows(t, each, dump)
    }
  }
})

function compareFlows(t: ExecutionContext, each: OracleCase, dump: string): void {
  const family = each.ipFamily === 'IPv4' ? 4 : 6
  const rules = rulesOfDump(readSave(dump), family)
  const host = hostOf(each)
  for (const { name, source, protocol, destination, port, answer } of each.flows) {
    const packet = { protocol, source, destination, destinationPort: port }
    const said = summary(evaluate(rules, host, packet), `${destination}:${port}`)
    const { destinations, verdict, masqueradedAny } = answer
    const what = `${each.k8sVersion} ${each.test} ${each.subtest}: ${name} (${source} -> ${destination}:${port}, by ${answer.by})`
    t.deepEqual(said, { destinations: [...destinations].sort(), verdict, masqueradedAny }, what)
  }
}

/** The settings kube-proxy makes on a node; its rules rely on them. */
function hostOf({ nodeIPs }: OracleCase): Host {
  return {
    addresses: nodeIPs.map((address) => ({ address, prefix: address.includes(':') ? 64 : 24 })),
    sysctls: new Map([
      ['net.ipv4.conf.all.route_localnet', '1'],
      ['net.ipv4.ip_forward', '1']
    ])
  }
}

function summary(outcomes: readonly Outcome[], sentTo: string) {
  const usual = outcomes.filter(isForNewClient)
  const verdicts = new Set(
    usual.map(({ verdict }) => ({ accepted: null, dropped: 'DROP', rejected: 'REJECT', unknown: 'unknown' })[verdict])
  )
  const destinations = usual.filter(({ destinationNat }) => destinationNat).map(({ packet }) => endpoint(packet))
  return {
    destinations: [...new Set(destinations)].filter((each) => each !== sentTo).sort(),
    verdict: verdicts.size === 1 ? [...verdicts][0] : [...verdicts].join(' or '),
    masqueradedAny: usual.some(({ masqueraded }) => masqueraded === true)
  }
}

function endpoint({ destination, destinationPort }: Outcome['packet']): string {
  return destination?.includes(':') ? `[${destination}]:${destinationPort}` : `${destination}:${destinationPort}`
}
