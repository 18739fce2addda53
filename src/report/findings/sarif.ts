import type { Severity } from '../../ask/check/definition.ts'
import { fingerprint } from '../../ask/check/fingerprint.ts'
import type { CheckResult } from '../../ask/check/run.ts'
import { visibleInJson } from '../format/cell.ts'

const LEVELS: Record<Severity, string> = { error: 'error', warn: 'warning', info: 'note' }

/** SARIF 2.1.0 for code-scanning services. Objects of a cluster have no file: they are logical locations. */
export function findingSarif(snapshot: string, results: readonly CheckResult[]): string {
  const run = {
    tool: {
      driver: {
        name: 'snap',
        rules: results.map(({ check }) => ({
          id: check.code,
          shortDescription: { text: check.title },
          ...(check.explanation && { fullDescription: { text: check.explanation } }),
          help: { text: check.fix },
          defaultConfiguration: { level: LEVELS[check.severity] }
        }))
      }
    },
    automationDetails: { id: `snap/${snapshot}` },
    invocations: [{
      executionSuccessful: true,
      toolExecutionNotifications: results.flatMap(({ check, gaps }) => gaps.map(({ subject, reason }) => ({
        level: 'warning', message: { text: `could not see ${subject}: ${reason}` }, associatedRule: { id: check.code }
      })))
    }],
    results: results.flatMap(({ check, findings }) => findings.map((finding) => ({
      ruleId: check.code,
      level: LEVELS[finding.severity],
      message: { text: `${finding.object}${finding.node === null ? '' : ` on ${finding.node}`}: ${finding.message}` },
      locations: [{ logicalLocations: [{ fullyQualifiedName: finding.node === null ? finding.object : `${finding.object}@${finding.node}`, kind: 'resource' }] }],
      partialFingerprints: { 'snap/v1': fingerprint(finding) },
      properties: { snapshot, object: finding.object, node: finding.node, evidence: finding.evidence }
    })))
  }
  return `${visibleInJson(JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }))}\n`
}
