import test from 'ava'
import type { Check } from '../../../src/ask/check/definition.ts'
import type { CheckResult } from '../../../src/ask/check/finding.ts'
import { findingAnnotations } from '../../../src/report/findings/github.ts'
import { findingJunit } from '../../../src/report/findings/junit.ts'
import { checkPage } from '../../../src/report/findings/page.ts'
import { findingMetrics } from '../../../src/report/findings/prometheus.ts'
import { findingSarif } from '../../../src/report/findings/sarif.ts'
import { findingText } from '../../../src/report/findings/text.ts'

const check: Check = {
  code: 'X"<&\\',
  severity: 'error',
  title: 'a </title>',
  explanation: 'an\u001b[2Jescape',
  fix: "do & don't",
  needs: [],
  source: '',
  causes: [],
  sql: '',
  file: '/a/x.sql'
}

/** Names as a hostile cluster might have them. */
const results: CheckResult[] = [
  {
    check,
    findings: [
      {
        code: check.code,
        severity: 'error',
        object: 'service/a"]]>\u001b[31m',
        node: '<node>',
        message: 'line\none\u202e',
        unsure: '',
        evidence: { at: '\u0007' }
      }
    ],
    explained: [],
    gaps: [{ subject: 'rules of <b>"', reason: '\u0000' }]
  }
]

const FORMATS = {
  table: findingText,
  junit: findingJunit,
  sarif: findingSarif,
  prometheus: findingMetrics,
  github: findingAnnotations
}

for (const [name, format] of Object.entries(FORMATS)) {
  test(`${name}: no control character of a name reaches the terminal`, (t) => {
    t.notRegex(format('snap\u001bshot', results).replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u202e]/)
  })
}

test('JUnit: what XML would act on is escaped', (t) => {
  const xml = findingJunit('a<b', results)
  const text = xml
    .replace(/<(\/?)(testsuites?|testcase|failure|skipped)( \w+="[^"<>]*")*\/?>/g, '')
    .replace(/^<\?xml.*\?>/, '')
  t.notRegex(text, /[<>]/)
  t.notRegex(text, /&(?!(amp|lt|gt|quot);)/)
})

test('SARIF: is JSON whatever the names', (t) => {
  t.is(JSON.parse(findingSarif('x', results)).runs[0].results[0].properties.node, '<node>')
})

test('Prometheus: quotes and backslashes in labels are escaped', (t) => {
  t.regex(findingMetrics('x', results), /^snap_findings\{code="X\\"<&\\\\",severity="error"\} 1$/m)
})

test('a page has the whole head and no control character', (t) => {
  t.is(
    checkPage(check),
    '## X"<&\\: a </title>\n\nan\\x1b[2Jescape\n\n**What to do:** do & don\'t\n\n- Severity: error\n- Query: `x.sql`\n'
  )
})

for (const [name, format] of Object.entries(FORMATS).filter(([name]) => name !== 'prometheus')) {
  test(`${name}: what a finding is unsure of stands with it`, (t) => {
    const [one] = results as [CheckResult]
    const doubtful = [
      { ...one, findings: one.findings.map((finding) => ({ ...finding, unsure: 'not seen: rules of n2' })) }
    ]
    t.regex(format('x', doubtful), /\(unsure: not seen: rules of n2\)/)
    t.notRegex(format('x', results), /unsure:/)
  })
}
