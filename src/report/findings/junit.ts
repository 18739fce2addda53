import type { CheckResult, Finding } from '../../ask/check/finding.ts'
import { visible } from '../format/cell.ts'
import { stateWord, told } from './told.ts'

/** JUnit XML for CI servers: one test case a check; a finding of severity error or warn fails it, a gap skips it. */
export function findingJunit(snapshot: string, results: readonly CheckResult[]): string {
  const cases = results.map(testCase)
  const count = (word: string): number => cases.filter((text) => text.includes(`<${word} `)).length
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite name="${xml(snapshot)}" tests="${cases.length}" failures="${count('failure')}" skipped="${count('skipped')}">\n` +
    `${cases.join('')}</testsuite>\n</testsuites>\n`
  )
}

function testCase({ check, findings, gaps }: CheckResult): string {
  const wrong = findings.filter(({ severity }) => severity !== 'info')
  const failure =
    wrong.length === 0
      ? ''
      : `  <failure type="${check.severity}" message="${xml(`${check.title}: ${wrong.length} findings`)}">${wrong.map(line).map(xml).join('\n')}\n${xml(check.fix)}</failure>\n`
  const unseen =
    wrong.length > 0 || gaps.length === 0
      ? ''
      : `  <skipped message="${xml(`could not see ${gaps.map(({ subject, reason }) => `${subject}: ${reason}`).join('; ')}`)}"/>\n`
  return ` <testcase classname="snap.${check.severity}" name="${xml(check.code)}">\n${failure}${unseen} </testcase>\n`
}

function line(finding: Finding): string {
  const { object, node, comparison } = finding
  return `${comparison ? `[${stateWord(comparison, false)}] ` : ''}${object}${node === null ? '' : ` on ${node}`}: ${told(finding)}`
}

function xml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return visible(text).replace(/[&<>"]/g, (character) => entities[character]!)
}
