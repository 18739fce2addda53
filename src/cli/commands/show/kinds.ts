import { API_KINDS, API_NAMES, type ApiName, HOST_KINDS, HOST_NAMES, type HostName } from '../../../kinds/kinds.ts'
import type { Listing } from '../../../kinds/listing.ts'

/** What is shown of one kind of object: each part is a query over the public views, scoped to the snapshot. */
export interface ShownKind {
  /** Subject of the coverage view without which nothing can be said. */
  readonly subject: string
  /** Names of all such objects. */
  readonly names: string
  readonly parts: readonly {
    readonly title: string
    readonly sql: string
    readonly single?: true
    /** Subjects of the coverage view one of which must be complete for "none" to be known; without, none is none. */
    readonly subjects?: readonly string[]
    /** Shown only where there is something. */
    readonly optional?: true
  }[]
}

const ENDPOINTS = `SELECT port_name, protocol, address, port, ready, serving, terminating, node, pod, chain FROM endpoints`

/** Kinds of which more is shown than their own rows. */
const WITH_MORE: { readonly [kind: string]: ShownKind } = {
  service: {
    subject: 'services',
    names: "SELECT namespace || '/' || service FROM services",
    parts: [
      {
        title: 'service',
        single: true,
        sql: 'SELECT * FROM services WHERE namespace = @namespace AND service = @name'
      },
      {
        title: 'ports',
        sql: 'SELECT port_name, protocol, port, target_port, node_port, chain_hash FROM service_ports WHERE namespace = @namespace AND service = @name'
      },
      {
        title: 'frontends',
        sql: 'SELECT kind, address, port, protocol, port_name FROM frontends WHERE namespace = @namespace AND service = @name'
      },
      {
        title: 'endpoints',
        subjects: ['endpointslices', 'endpoints'],
        sql: `${ENDPOINTS} WHERE namespace = @namespace AND service = @name ORDER BY port_name, address`
      },
      {
        title: 'chains',
        subjects: ['rules'],
        sql: `SELECT c.chain, c.table_name, c.family, c.rules, group_concat(c.node, ', ') AS nodes FROM chains c
          WHERE c.node IS NOT NULL AND c.hash IN (SELECT chain_hash FROM service_ports WHERE namespace = @namespace AND service = @name)
          GROUP BY c.chain, c.table_name, c.family, c.rules ORDER BY c.chain`
      },
      {
        title: 'nodes whose rules are not known',
        optional: true,
        sql: `SELECT n.node, coalesce((SELECT c.status || coalesce(': ' || c.detail, '') FROM coverage c WHERE c.subject = 'rules' AND c.node = n.node), 'not collected') AS reason
          FROM (SELECT node FROM nodes UNION SELECT node FROM coverage WHERE node IS NOT NULL) n
          WHERE NOT EXISTS (SELECT 1 FROM coverage c WHERE c.subject = 'rules' AND c.node = n.node AND c.status = 'complete')`
      },
      {
        title: 'ingresses',
        subjects: ['ingresses'],
        sql: 'SELECT namespace, ingress, host, path, service_port FROM ingresses WHERE namespace = @namespace AND service = @name'
      }
    ]
  },
  pod: {
    subject: 'pods',
    names: "SELECT namespace || '/' || pod FROM pods",
    parts: [
      { title: 'pod', single: true, sql: 'SELECT * FROM pods WHERE namespace = @namespace AND pod = @name' },
      {
        title: 'containers',
        sql: 'SELECT container, kind, image, ready, restarts, state, reason, environment FROM containers WHERE namespace = @namespace AND pod = @name'
      },
      {
        title: 'ports',
        sql: 'SELECT container, port_name, protocol, port, host_port, host_ip FROM container_ports WHERE namespace = @namespace AND pod = @name'
      },
      {
        title: 'listeners',
        subjects: ['listeners'],
        sql: 'SELECT container, protocol, address, port, process FROM listeners WHERE namespace = @namespace AND pod = @name'
      },
      {
        title: 'services',
        subjects: ['endpointslices', 'endpoints'],
        sql: `SELECT namespace, service, port_name, protocol, address, port, ready, serving, terminating FROM endpoints
          WHERE pod_namespace = @namespace AND pod = @name ORDER BY service, port_name`
      },
      {
        title: 'chains',
        subjects: ['rules'],
        sql: 'SELECT container, family, table_name, chain, rules FROM chains WHERE namespace = @namespace AND pod = @name ORDER BY container, chain'
      },
      {
        title: 'coverage',
        sql: 'SELECT subject, container, status, detail FROM coverage WHERE namespace = @namespace AND pod = @name'
      }
    ]
  },
  node: {
    subject: 'nodes',
    names: 'SELECT node FROM nodes',
    parts: [
      { title: 'node', single: true, sql: 'SELECT * FROM nodes WHERE node = @name' },
      {
        title: 'addresses',
        sql: 'SELECT address, type, interface, prefix_length FROM node_addresses WHERE node = @name ORDER BY type, interface, address'
      },
      { title: 'coverage', sql: 'SELECT subject, family, backend, status, detail FROM coverage WHERE node = @name' },
      {
        title: 'pods',
        subjects: ['pods'],
        sql: 'SELECT namespace, count(*) AS pods, sum(ready) AS ready FROM pods WHERE node = @name GROUP BY namespace'
      },
      {
        title: 'chains',
        subjects: ['rules'],
        sql: `SELECT family, backend, table_name, count(*) AS chains, sum(rules) AS rules FROM chains WHERE node = @name
          GROUP BY family, backend, table_name ORDER BY 1, 2, 3`
      },
      ...HOST_NAMES.filter((name) => !['rules', 'addresses'].includes(name)).map(ofNode)
    ]
  },
  namespace: {
    subject: 'namespaces',
    names: 'SELECT namespace FROM namespaces',
    parts: [
      { title: 'namespace', single: true, sql: 'SELECT * FROM namespaces WHERE namespace = @name' },
      {
        title: 'services',
        subjects: ['services'],
        sql: 'SELECT service, type, cluster_ips FROM services WHERE namespace = @name ORDER BY service'
      },
      {
        title: 'pods',
        subjects: ['pods'],
        sql: 'SELECT node, count(*) AS pods, sum(ready) AS ready FROM pods WHERE namespace = @name GROUP BY node'
      },
      {
        title: 'ingresses',
        subjects: ['ingresses'],
        sql: 'SELECT ingress, host, path, service, service_port FROM ingresses WHERE namespace = @name ORDER BY ingress, host, path'
      }
    ]
  },
  chain: {
    subject: 'rules',
    names: "SELECT DISTINCT node || '/' || chain FROM chains WHERE node = @namespace",
    parts: [
      {
        title: 'chain',
        sql: 'SELECT family, backend, table_name, kind, hash, policy, rules, complete FROM chains WHERE node = @namespace AND chain = @name'
      },
      {
        title: 'rules',
        sql: `SELECT family, table_name, number, text, packets, bytes FROM rules WHERE node = @namespace AND chain = @name
          ORDER BY family, table_name, number, text`
      },
      {
        title: 'jumps to it',
        sql: `SELECT family, table_name, chain, number, text FROM rules WHERE node = @namespace AND target = @name
          ORDER BY family, table_name, chain, number, text`
      },
      {
        title: 'service',
        subjects: ['services'],
        sql: `SELECT p.namespace, p.service, p.port_name, p.protocol, p.port FROM service_ports p
          WHERE p.chain_hash IN (SELECT hash FROM chains WHERE node = @namespace AND chain = @name)`
      },
      {
        title: 'endpoint',
        subjects: ['endpointslices', 'endpoints'],
        sql: `SELECT namespace, service, port_name, address, port, ready, node, pod FROM endpoints WHERE chain = @name`
      }
    ]
  },
  snapshot: {
    subject: '',
    names: 'SELECT snapshot FROM snapshots',
    parts: [
      { title: 'snapshot', single: true, sql: 'SELECT * FROM snapshots' },
      {
        title: 'items',
        sql: 'SELECT kind, count(*) AS items, sum(error IS NOT NULL) AS failed, sum(bytes) AS bytes FROM items GROUP BY kind ORDER BY min(started_at), kind'
      },
      {
        title: 'failed',
        sql: 'SELECT kind, node, namespace, pod, container, error FROM items WHERE error IS NOT NULL'
      },
      {
        title: 'not complete',
        sql: `SELECT subject, node, namespace, pod, container, family, status, detail FROM coverage WHERE status <> 'complete'`
      },
      {
        title: 'issues',
        sql: 'SELECT phase, coalesce(path, object) AS place, node, namespace, pod, line, message, text FROM issues LIMIT 100'
      }
    ]
  }
}

/** What a node tells besides: the rows of its list. */
function ofNode(name: HostName): ShownKind['parts'][number] {
  return { title: name, subjects: [name], sql: `SELECT * FROM (${rowsOf(name, HOST_KINDS[name])}) WHERE node = @name` }
}

function rowsOf(name: string, { get }: { readonly get: Listing }): string {
  return get.sql ?? `SELECT * FROM ${name}`
}

/** An object by its own rows. */
function plain(name: ApiName): ShownKind {
  const { singular, isNamespaced, get } = API_KINDS[name]
  const rows = rowsOf(name, API_KINDS[name])
  return {
    subject: name,
    names: `SELECT DISTINCT ${isNamespaced ? "namespace || '/' || " : ''}${get.key} FROM (${rows})`,
    parts: [
      {
        title: singular,
        sql: `SELECT * FROM (${rows}) WHERE ${isNamespaced ? 'namespace = @namespace AND ' : ''}${get.key} = @name`
      }
    ]
  }
}

/** Queries have @name, and @namespace where the object has one. */
export const SHOWN: { readonly [kind: string]: ShownKind } = {
  ...Object.fromEntries(API_NAMES.map((name) => [API_KINDS[name].singular, plain(name)])),
  ...WITH_MORE
}
