import type { Severity } from '../../ask/check/definition.ts'
import type { CheckResult, Finding } from '../../ask/check/finding.ts'
import { fingerprint } from '../../ask/check/fingerprint.ts'
import { jsonLine } from '../format/json.ts'
import { told } from './told.ts'

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
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: results.flatMap(({ check, gaps }) =>
          gaps.map(({ subject, reason }) => ({
            level: 'warning',
            message: { text: `could not see ${subject}: ${reason}` },
            associatedRule: { id: check.code }
          }))
        )
      }
    ],
    results: results.flatMap(({ findings, past = [] }) =>
      [...findings, ...past].map((finding) => resultOf(snapshot, finding))
    )
  }
  return `${jsonLine({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] })}\n`
}

function resultOf(snapshot: string, finding: Finding): object {
  const { code, severity, object, node, evidence, unsure, comparison } = finding
  return {
    ruleId: code,
    level: LEVELS[severity],
    message: { text: `${object}${node === null ? '' : ` on ${node}`}: ${told(finding)}` },
    locations: [
      { logicalLocations: [{ fullyQualifiedName: node === null ? object : `${object}@${node}`, kind: 'resource' }] }
    ],
    partialFingerprints: { 'snap/v1': fingerprint(finding) },
    ...(comparison && comparison.state !== 'unknown' && { baselineState: BASELINE_STATES[comparison.state] }),
    properties: { snapshot, object, node, unsure, evidence }
  }
}

/** SARIF has no word for what cannot be told: such a result has none of them. */
const BASELINE_STATES = { new: 'new', standing: 'unchanged', gone: 'absent' } as const
