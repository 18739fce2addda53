import { getPages, PageError } from '../api/pages.ts'
import { execShell } from '../kubectl.ts'
import { objectProblem } from '../objects.ts'
import type { CollectOptions, ExecPods } from '../options.ts'
import type { NodeTransport, Reached, TransportPorts } from './transport.ts'

/** A hundred times what the largest clusters have nodes. */
const MOST_PODS = 500_000

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
  const { error } = await getPages(options, ports, path, async (page, first) => {
    if (first) {
      candidates.clear()
      count = 0
    }
    const found = page.items.flatMap(candidateOf)
    for (const candidate of found) {
      const there = candidates.get(candidate.node)
      if (there === undefined) candidates.set(candidate.node, [candidate])
      else there.push(candidate)
    }
    count += found.length
    if (count > MOST_PODS) throw new PageError(`more than ${MOST_PODS} pods`)
    return page.items.length
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
      kubelet: true,
      command: execShell(options, { namespace, pod, ...(container === undefined ? {} : { container }) })
    }
  }
  if (running.length > 0)
    return { error: `the ${where} has a network of its own (no hostNetwork): its tables are not the node's` }
  return { error: there.length > 0 ? `the ${where} on this node is not running` : `no ${where} on this node` }
}

function candidateOf(object: unknown): Candidate[] {
  if (objectProblem('pods', object) !== null) return []
  const { metadata, spec, status } = object as {
    metadata: { name: string; namespace: string }
    spec?: { nodeName?: string; hostNetwork?: boolean } | null
    status?: { phase?: string } | null
  }
  const { name, namespace } = metadata
  if (typeof spec?.nodeName !== 'string') return []
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
