import { isObject } from '../kinds/keep/shape.ts'
import { API_KINDS, type ApiName } from '../kinds/kinds.ts'
import { isKubernetesName } from './name.ts'

/** How an object is told: `Pod demo/web-1`. What is no name is shown as it would be written in JSON, and shortened. */
export function nameOf(kind: string, object: unknown): string {
  const metadata = isObject(object) && isObject(object['metadata']) ? object['metadata'] : {}
  const parts = [metadata['namespace'], metadata['name']].filter((part) => part !== undefined && part !== null)
  return `${kind} ${parts.length === 0 ? 'without a name' : parts.map(shown).join('/')}`
}

function shown(name: unknown): string {
  const text = isKubernetesName(name) ? name : JSON.stringify(name)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** Why an object can be none of Kubernetes's; null when it can. Its names become folders and words of commands. */
export function objectProblem(listed: ApiName, object: unknown): string | null {
  if (!isObject(object)) return 'no object'
  const { metadata } = object
  if (!isObject(metadata)) return 'no metadata'
  if (!isKubernetesName(metadata['name'])) return 'a name that Kubernetes does not allow'
  if (API_KINDS[listed].isNamespaced && !isKubernetesName(metadata['namespace']))
    return 'a namespace that Kubernetes does not allow'
  return listed === 'pods' ? podProblem(object) : null
}

function podProblem({ spec, status }: { readonly [field: string]: unknown }): string | null {
  const containers = isObject(spec) && Array.isArray(spec['containers']) ? spec['containers'] : []
  const statuses = isObject(status) && Array.isArray(status['containerStatuses']) ? status['containerStatuses'] : []
  return [...containers, ...statuses].every((one) => isObject(one) && isKubernetesName(one['name']))
    ? null
    : 'a container with a name that Kubernetes does not allow'
}
