import { field, joined } from '../column/column.ts'
import { object } from '../keep/object.ts'
import { fields, list, type Shape, scalars } from '../keep/shape.ts'
import type { ApiKind } from '../kind.ts'
import type { Got, Row } from '../row.ts'

const selector: Shape = fields({
  matchLabels: 'map',
  matchExpressions: list(fields({ ...scalars('key', 'operator'), values: list('scalar') }))
})
const peers = list(
  fields({
    podSelector: selector,
    namespaceSelector: selector,
    ipBlock: fields({ cidr: 'scalar', except: list('scalar') })
  })
)
const ports = list(fields(scalars('protocol', 'port', 'endPort')))

export const networkpolicies = {
  singular: 'networkpolicy',
  short: ['netpol'],
  title: 'NetworkPolicies',
  isNamespaced: true,
  lists: [{ kind: 'NetworkPolicy', plural: 'networkpolicies', versions: ['networking.k8s.io/v1'] }],
  supportBundle: 'network-policy',
  reduce: object({
    spec: fields({
      podSelector: selector,
      policyTypes: list('scalar'),
      ingress: list(fields({ from: peers, ports })),
      egress: list(fields({ to: peers, ports }))
    })
  }),
  nameColumn: 'network_policy',
  tables: [
    {
      name: '_network_policy',
      diff: {
        aspect: 'object',
        key: ['namespace', 'network_policy'],
        fields: ['pod_selector', 'types'],
        leftOut: {},
        summary: (row) => (row.pod_selector === '' ? 'of all pods' : `of pods ${row.pod_selector}`)
      }
    },
    {
      name: '_network_policy_rule',
      diff: {
        aspect: 'policy rule',
        key: ['namespace', 'network_policy', 'direction', 'position', 'peer'],
        fields: ['ports'],
        leftOut: {},
        part: (row) => `${row.direction} ${row.position}`,
        summary: ruleText
      }
    }
  ],
  get: {
    key: 'network_policy',
    sql: 'SELECT * FROM network_policies',
    parts: [
      {
        name: 'rules',
        by: ['namespace', 'network_policy'],
        sql: 'SELECT namespace, network_policy, direction, position, peer, ports FROM network_policy_rules'
      }
    ],
    columns: [
      field('NAME', 'network_policy'),
      { head: 'POD-SELECTOR', value: ({ pod_selector: labels }: Got) => String(labels || '<all>') },
      { head: 'TYPES', value: ({ types }: Got) => joined(types as string[]) },
      { head: 'RULES', isWide: true, value: ({ rules }: Got) => joined((rules as Got[]).map(ruleText)) }
    ]
  }
} as const satisfies ApiKind

function ruleText({ direction, peer, ports }: Got | Row): string {
  return `${direction === 'ingress' ? 'from' : 'to'} ${peer || 'anywhere'}, ports ${portsText(ports)}`
}

function portsText(ports: unknown): string {
  const list = typeof ports === 'string' ? (JSON.parse(ports) as string[]) : (ports as string[])
  return list.join(' ') || 'all'
}
