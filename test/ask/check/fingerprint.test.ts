import test from 'ava'
import { absorbing, baselineText, readBaseline } from '../../../src/ask/check/baseline.ts'
import type { Check } from '../../../src/ask/check/definition.ts'
import type { Finding } from '../../../src/ask/check/finding.ts'
import { fingerprint } from '../../../src/ask/check/fingerprint.ts'
import { isSuppressed, readSuppressions } from '../../../src/ask/check/suppress.ts'

const finding: Finding = {
  code: 'SEP-STALE',
  severity: 'error',
  object: 'service/demo/web:http',
  node: 'kube-worker2',
  message: 'sends to 10.42.0.1:80, 10.42.0.2:80, which are no endpoints',
  unsure: '',
  evidence: {}
}

const SAME: Partial<Finding>[] = [
  { message: 'sends to 10.42.7.9:80, which are no endpoints' },
  { evidence: { anything: 1 } },
  { severity: 'warn' }
]
const OTHER: Partial<Finding>[] = [
  { code: 'SEP-MISSING' },
  { object: 'service/demo/api' },
  { node: 'kube-master' },
  { node: null },
  { message: 'has no rules' }
]

test('a finding is the same one where only addresses, numbers and evidence differ', (t) => {
  for (const change of SAME) t.is(fingerprint({ ...finding, ...change }), fingerprint(finding), JSON.stringify(change))
  for (const change of OTHER)
    t.not(fingerprint({ ...finding, ...change }), fingerprint(finding), JSON.stringify(change))
})

test('the name of a finding does not change from one version of snap to the next', (t) => {
  t.is(fingerprint(finding), 'b3b2ee1d1b1fcc2a')
  t.is(
    fingerprint({ ...finding, message: 'KUBE-SVC-XRY76EGRC3BSCIIJ offers 7 endpoints of 8' }),
    fingerprint({ ...finding, message: 'KUBE-SVC-O2EOQBSIC5NZRIQN offers 1 endpoints of 12' })
  )
})

const GLOBS: { pattern: string; object: string; matches: boolean }[] = [
  { pattern: 'service/demo/web:http', object: 'service/demo/web:http', matches: true },
  { pattern: 'service/demo/*', object: 'service/demo/web:http', matches: true },
  { pattern: '*', object: 'node/a', matches: true },
  { pattern: '*/web*', object: 'service/demo/web:http', matches: true },
  { pattern: 'service/demo/we.', object: 'service/demo/web', matches: false },
  { pattern: 'service/demo/web', object: 'service/demo/web:http', matches: false },
  { pattern: 'demo/*', object: 'service/demo/web', matches: false }
]

for (const { pattern, object, matches } of GLOBS) {
  test(`the object ${pattern} of a suppression ${matches ? 'is' : 'is not'} ${object}`, (t) => {
    t.is(isSuppressed({ ...finding, object }, readSuppressions(`* ${pattern} - known`, 'file'), '2026-11-22'), matches)
  })
}

test('a suppression holds to the end of its last day', (t) => {
  const suppressions = readSuppressions('SEP-STALE * 2026-11-22 known', 'file')
  t.true(isSuppressed(finding, suppressions, '2026-11-22'))
  t.false(isSuppressed(finding, suppressions, '2026-11-23'))
})

for (const line of ['SEP-STALE', 'SEP-STALE x -', 'SEP-STALE x tomorrow because', 'SEP-STALE x 2026-13-45 because']) {
  test(`"${line}" is no suppression`, (t) => {
    t.throws(() => readSuppressions(`# remark\n${line}`, 'known.txt'), { message: /^known\.txt:2: / })
  })
}

test('a baseline absorbs as many findings of a kind as it has; one more is new', (t) => {
  const twice = { check: {} as Check, findings: [finding, finding], explained: [], gaps: [] }
  const { known, why } = readBaseline('known.txt', baselineText('2026-11-22T12-00-00Z', [twice]))
  const absorbs = absorbing(known)
  t.deepEqual([finding, finding, finding].map(absorbs), [true, true, false])
  t.is(why, 'they are in the baseline known.txt, of 2026-11-22T12-00-00Z')
  t.throws(() => readBaseline('known.txt', '# findings of x\nnonsense'), {
    message: /^known\.txt:2: is no line of a baseline/
  })
})
