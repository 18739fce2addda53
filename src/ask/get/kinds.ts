/** A kind of thing that `snap get` lists. */
export interface Kind {
  /** In the plural, as it is asked for; also the name of its public table. */
  readonly name: string
  /** `service`, as `-o name` prints it. */
  readonly singular: string
  readonly short?: readonly string[]
  /** The column that names one. */
  readonly key: string
  readonly isNamespaced: boolean
  /** Whether each is of one node, or of one among others. */
  readonly hasNode?: true
  /** Subjects of the coverage view that tell it; one that was read whole is enough. */
  readonly subjects: readonly string[]
  /** The rows; the public table where it is left out. */
  readonly sql?: string
  /** Lists that belong to an object: a table of rows, joined by the columns named. */
  readonly parts?: readonly { readonly name: string; readonly sql: string; readonly by: readonly string[] }[]
  /** Rows with these columns in common are one object; all other columns become its list of this name. */
  readonly groups?: {
    readonly by: readonly string[]
    readonly name: string
    /** More of the kind, which have an empty list if they have no row. */
    readonly without?: string
  }
}

const OF_NAMESPACE = { isNamespaced: true } as const

/** In the order in which they are told. A table that `snap get` cannot list can be asked with `snap sql`. */
export const KINDS: readonly Kind[] = [
  {
    name: 'services',
    singular: 'service',
    short: ['svc'],
    key: 'service',
    ...OF_NAMESPACE,
    subjects: ['services'],
    parts: [
      {
        name: 'ports',
        by: ['namespace', 'service'],
        sql: 'SELECT namespace, service, port_name, protocol, port, target_port, node_port, chain_hash FROM service_ports'
      }
    ]
  },
  {
    name: 'endpoints',
    singular: 'endpoints',
    hasNode: true,
    short: ['ep'],
    key: 'service',
    ...OF_NAMESPACE,
    subjects: ['endpointslices', 'endpoints'],
    groups: {
      by: ['namespace', 'service'],
      name: 'endpoints',
      without: `SELECT namespace, service FROM services WHERE type <> 'ExternalName' AND EXISTS (SELECT 1 FROM coverage c
        WHERE c.snapshot = services.snapshot AND c.subject IN ('endpointslices', 'endpoints') AND c.status = 'complete' AND c.namespace IS NULL)`
    }
  },
  {
    name: 'endpointslices',
    singular: 'endpointslice',
    hasNode: true,
    key: 'object',
    ...OF_NAMESPACE,
    subjects: ['endpointslices'],
    sql: "SELECT * FROM endpoint_objects WHERE source = 'endpointslices'",
    groups: { by: ['namespace', 'object', 'service'], name: 'endpoints' }
  },
  {
    name: 'pods',
    singular: 'pod',
    hasNode: true,
    short: ['po'],
    key: 'pod',
    ...OF_NAMESPACE,
    subjects: ['pods'],
    parts: [
      {
        name: 'containers',
        by: ['namespace', 'pod'],
        sql: 'SELECT namespace, pod, container, kind, image, ready, restarts, state, reason FROM containers'
      }
    ]
  },
  {
    name: 'nodes',
    singular: 'node',
    hasNode: true,
    short: ['no'],
    key: 'node',
    isNamespaced: false,
    subjects: ['nodes']
  },
  {
    name: 'namespaces',
    singular: 'namespace',
    short: ['ns'],
    key: 'namespace',
    isNamespaced: false,
    subjects: ['namespaces']
  },
  {
    name: 'daemonsets',
    singular: 'daemonset',
    short: ['ds'],
    key: 'daemonset',
    ...OF_NAMESPACE,
    subjects: ['daemonsets']
  },
  {
    name: 'ingresses',
    singular: 'ingress',
    short: ['ing'],
    key: 'ingress',
    ...OF_NAMESPACE,
    subjects: ['ingresses'],
    groups: { by: ['namespace', 'ingress', 'ingress_class'], name: 'backends' }
  },
  { name: 'fronts', singular: 'front', key: 'service', ...OF_NAMESPACE, subjects: ['services'] },
  {
    name: 'chains',
    singular: 'chain',
    hasNode: true,
    key: 'chain',
    isNamespaced: false,
    subjects: ['rules'],
    sql: `SELECT family, table_name, chain, kind, hash, policy, rules, complete, json_group_array(node) AS nodes FROM (SELECT * FROM chains WHERE node IS NOT NULL ORDER BY node)
      WHERE (@node IS NULL OR node = @node) GROUP BY family, table_name, chain, policy, rules, complete ORDER BY family, table_name, chain`
  },
  {
    name: 'rules',
    singular: 'rule',
    hasNode: true,
    key: 'chain',
    isNamespaced: false,
    subjects: ['rules'],
    sql: 'SELECT * FROM rules WHERE node IS NOT NULL ORDER BY node, family, table_name, chain, number, text'
  },
  {
    name: 'listeners',
    singular: 'listener',
    hasNode: true,
    key: 'address',
    isNamespaced: false,
    subjects: ['listeners']
  },
  { name: 'findings', singular: 'finding', hasNode: true, key: 'code', isNamespaced: false, subjects: [] },
  { name: 'flows', singular: 'flow', hasNode: true, key: 'service', ...OF_NAMESPACE, subjects: ['rules'] },
  {
    name: 'snapshots',
    singular: 'snapshot',
    key: 'snapshot',
    isNamespaced: false,
    subjects: [],
    sql: 'SELECT * FROM snapshots ORDER BY taken_at DESC'
  }
]

/** All words by which kinds are asked for. */
export const KIND_WORDS: readonly string[] = KINDS.flatMap(({ name, singular, short = [] }) => [
  ...new Set([name, singular, ...short])
])

export function kindOf(word: string): Kind | undefined {
  const asked = word.toLowerCase()
  return KINDS.find(({ name, singular, short = [] }) => [name, singular, ...short].includes(asked))
}
