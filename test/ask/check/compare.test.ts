import test from 'ava'
import { type Checked, compareResults } from '../../../src/ask/check/compare.ts'
import type { Gap } from '../../../src/ask/check/coverage.ts'
import type { Check } from '../../../src/ask/check/definition.ts'
import type { CheckResult, Finding } from '../../../src/ask/check/finding.ts'

const find = (object: string, node: string | null, code = 'A', message = 'is wrong'): Finding => ({
  code,
  severity: 'error',
  object,
  node,
  message,
  unsure: '',
  evidence: {}
})

interface Given {
  readonly findings?: readonly Finding[]
  readonly explained?: readonly Finding[]
  readonly gaps?: readonly Gap[]
  readonly inFlux?: readonly Finding[]
  readonly nodes?: readonly string[]
  readonly nodesListed?: boolean
}

function checked(
  snapshot: string,
  { findings = [], explained = [], gaps = [], inFlux = [], nodes = ['n1', 'n2'], nodesListed = true }: Given
): Checked {
  const result = (code: string, its: readonly Finding[]): CheckResult => ({
    check: { code } as Check,
    findings: its,
    explained: code === 'A' ? explained : [],
    gaps: code === 'A' ? gaps : []
  })
  return { snapshot, results: [result('A', findings), result('IN-FLUX', inFlux)], nodes, nodesListed }
}

const ONE = find('service/a', 'n1')
const GAP_OF_N1 = { subject: 'rules of n1', reason: 'timed out', node: 'n1' }
const GAP_OF_N2 = { subject: 'rules of n2', reason: 'timed out', node: 'n2' }
const GAP = { subject: 'services', reason: 'not collected' }
const FLUX = find('service/a', 'n1', 'IN-FLUX')

const CASES: { name: string; before: Given; after: Given; says: string }[] = [
  { name: 'found only later', before: {}, after: { findings: [ONE] }, says: 'new' },
  { name: 'found only earlier', before: { findings: [ONE] }, after: {}, says: 'past gone' },
  {
    name: 'found in both, in other numbers',
    before: { findings: [find('service/a', 'n1', 'A', 'is wrong 3 times')] },
    after: { findings: [find('service/a', 'n1', 'A', 'is wrong 4 times')] },
    says: 'standing since the first'
  },
  {
    name: 'one more of the same',
    before: { findings: [ONE] },
    after: { findings: [ONE, ONE] },
    says: 'standing since the first, new'
  },
  {
    name: 'one less of the same',
    before: { findings: [ONE, ONE] },
    after: { findings: [ONE] },
    says: 'standing since the first, past gone'
  },
  {
    name: 'the node was not seen earlier',
    before: { gaps: [GAP_OF_N1] },
    after: { findings: [ONE] },
    says: 'unknown: not seen in earlier: rules of n1'
  },
  {
    name: 'the node is not seen later',
    before: { findings: [ONE] },
    after: { gaps: [GAP_OF_N1] },
    says: 'past unknown: not seen in later: rules of n1'
  },
  { name: 'another node was not seen', before: { gaps: [GAP_OF_N2] }, after: { findings: [ONE] }, says: 'new' },
  {
    name: 'another node is not seen, and the finding is of no node',
    before: { findings: [find('service/a', null)] },
    after: { gaps: [GAP_OF_N2] },
    says: 'past unknown: not seen in later: rules of n2'
  },
  {
    name: 'something of no node was not seen',
    before: { gaps: [GAP] },
    after: { findings: [ONE] },
    says: 'unknown: not seen in earlier: services'
  },
  { name: 'the node is gone', before: { findings: [ONE] }, after: { nodes: ['n2'] }, says: 'past gone' },
  {
    name: 'the node is not known later, and the nodes were not listed',
    before: { findings: [ONE] },
    after: { nodes: ['n2'], nodesListed: false },
    says: 'past unknown: not seen in later: n1'
  },
  {
    name: 'it was told with its cause',
    before: { explained: [ONE] },
    after: { findings: [ONE] },
    says: 'standing since the first'
  },
  { name: 'it is told with its cause', before: { findings: [ONE] }, after: { explained: [ONE] }, says: '' },
  {
    name: 'its Service is changing later',
    before: { findings: [ONE] },
    after: { inFlux: [FLUX] },
    says: 'past unknown: it was changing while later was taken, new'
  },
  {
    name: 'its Service was changing earlier',
    before: { inFlux: [FLUX] },
    after: { findings: [ONE] },
    says: 'unknown: it was changing while earlier was taken, past gone'
  }
]

for (const { name, before, after, says } of CASES) {
  test(name, (t) => {
    const results = compareResults(checked('earlier', before), checked('later', after), () => 'the first')
    const told = ({ comparison }: Finding, past: string) =>
      `${past}${comparison!.state}${comparison!.since && ` since ${comparison!.since}`}${comparison!.why && `: ${comparison!.why}`}`
    t.is(
      results
        .flatMap((result) => [
          ...result.findings.map((each) => told(each, '')),
          ...result.past!.map((each) => told(each, 'past '))
        ])
        .join(', '),
      says
    )
  })
}
