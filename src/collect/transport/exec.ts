import { getPages } from '../api/pages.ts'
import { execShell } from '../kubectl.ts'
import { isKubernetesName } from '../name.ts'
import type { CollectOptions, ExecPods } from '../options.ts'
import type { NodeTransport, Reached, TransportPorts } from './transport.ts'

interface Candidate {
  readonly pod: string
  readonly namespace: string
  readonly node: string
  readonly hostNetwork: boolean
  readonly running: boolean
}

/** Exec into pods that are on the nodes already. The server chooses them by their label, so no other pod is read for it. */
export async function execTransport(
  options: CollectOptions,
  ports: TransportPorts & { random: () => number },
  pods: ExecPods
): Promise<NodeTransport> {
  const { namespace, selector } = pods
  const where = `pod of ${selector}${namespace === null ? '' : ` in ${namespace}`}`
  const path = `/api/v1/${namespace === null ? '' : `namespaces/${encodeURIComponent(namespace)}/`}pods?labelSelector=${encodeURIComponent(selector)}`
  const candidates = new Map<string, Candidate[]>()
  let count = 0
  const { error } = await getPages(options, ports, path, (page) => {
    for (const candidate of page.items.flatMap(candidateOf)) {
      candidates.set(candidate.node, [...(candidates.get(candidate.node) ?? []), candidate])
      count++
    }
    return Promise.resolve()
  })
  const suits =
    error !== null
      ? { yes: false, because: `the pods of ${selector} could not be listed: ${error}` }
      : {
          yes: count > 0,
          because: count === 0 ? `no ${where}` : `${count} ${count === 1 ? 'pod' : 'pods'} of ${selector}`
        }
  return {
    name: 'exec',
    suits,
    reach: ({ metadata: { name } }) =>
      Promise.resolve(
        error === null
          ? choose(options, pods, where, candidates.get(name) ?? [])
          : { error: `the pods to exec into could not be listed: ${error}` }
      )
  }
}

function choose(options: CollectOptions, { container }: ExecPods, where: string, there: readonly Candidate[]): Reached {
  const running = there.filter((candidate) => candidate.running)
  const usable = running.find(({ hostNetwork }) => hostNetwork)
  if (usable !== undefined) {
    const { namespace, pod } = usable
    return {
      via: `exec ${namespace}/${pod}`,
      command: execShell(options, { namespace, pod, ...(container === undefined ? {} : { container }) })
    }
  }
  if (running.length > 0)
    return { error: `the ${where} has a network of its own (no hostNetwork): its tables are not the node's` }
  return { error: there.length > 0 ? `the ${where} on this node is not running` : `no ${where} on this node` }
}

function candidateOf(object: unknown): Candidate[] {
  const { metadata, spec, status } = object as {
    metadata?: { name?: string; namespace?: string }
    spec?: { nodeName?: string; hostNetwork?: boolean }
    status?: { phase?: string }
  }
  const { name = '', namespace = '' } = metadata ?? {}
  if (!isKubernetesName(name) || !isKubernetesName(namespace) || spec?.nodeName === undefined) return []
  return [
    {
      pod: name,
      namespace,
      node: spec.nodeName,
      hostNetwork: spec.hostNetwork === true,
      running: status?.phase === 'Running'
    }
  ]
}
