import type { DiffFilter } from '../../../ask/diff/filter.ts'
import { namespacedRows } from '../../../ask/get/kinds.ts'
import { API_KINDS, API_NAMES } from '../../../kinds/kinds.ts'
import { UserError } from '../../../problem.ts'
import type { Store } from '../../../store/open.ts'
import { nearest } from '../../nearest.ts'

/** Sections whose objects are in a namespace. */
const NAMESPACED: readonly string[] = [
  ...API_NAMES.map((name) => API_KINDS[name]).flatMap(({ isNamespaced, singular }) => (isNamespaced ? [singular] : [])),
  'namespace'
]

/**
 * Throws: UserError for a filter that lets nothing through because of a name that neither snapshot has, or because its parts exclude
 * each other. An empty answer would look like "no difference".
 */
export function requireKnown(
  store: Store,
  before: string,
  after: string,
  { service, node, namespace, kinds }: DiffFilter
): void {
  const names = (sql: string) =>
    store
      .prepare(`SELECT DISTINCT name FROM (${sql}) WHERE name <> '' AND snapshot IN (?, ?) ORDER BY 1`)
      .pluck()
      .all(before, after) as string[]
  const refuse = (kind: string, wanted: string, known: readonly string[]) => {
    if (known.length === 0) return
    throw new UserError(
      `diff: neither ${before} nor ${after} has a ${kind} ${wanted}; nearest: ${nearest(wanted, known).join(', ')}`
    )
  }
  if (node !== undefined) {
    const nodes = names(NODES)
    if (!nodes.includes(node)) refuse('node', node, nodes)
  }
  if (namespace !== undefined) {
    const namespaces = names(NAMESPACES)
    if (!namespaces.includes(namespace)) refuse('namespace', namespace, namespaces)
    requireOneOf(kinds, NAMESPACED, `--namespace ${namespace} leaves only objects of that namespace`)
  }
  if (service !== undefined) {
    const services = names(SERVICES).filter((name) => namespace === undefined || name.startsWith(`${namespace}/`))
    const where = namespace === undefined || service.includes('/') ? service : `${namespace}/${service}`
    if (!services.some((name) => name === service || name.endsWith(`/${service}`))) refuse('Service', where, services)
    requireOneOf(kinds, ['service'], `--service ${service} leaves only Services`)
  }
}

function requireOneOf(kinds: readonly string[] | undefined, possible: readonly string[], what: string): void {
  if (!kinds || kinds.some((kind) => possible.includes(kind))) return
  throw new UserError(`diff: ${what}, so --kind ${kinds.join(' --kind ')} leaves nothing; leave one of the two out`)
}

const NODES =
  'SELECT snapshot, node AS name FROM nodes UNION ALL SELECT snapshot, node FROM coverage UNION ALL SELECT snapshot, node FROM pods'

const SERVICES = `SELECT snapshot, namespace || '/' || service AS name FROM services
  UNION ALL SELECT snapshot, namespace || '/' || service FROM endpoint_objects`

const NAMESPACES = `SELECT snapshot, namespace AS name FROM namespaces UNION ALL ${namespacedRows()}`
