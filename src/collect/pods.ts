import { attempt } from './attempt.ts'
import type { CollectedItem } from './item.ts'
import { execScript } from './kubectl.ts'
import { isKubernetesName } from './name.ts'
import { nodeItems, type Part } from './node-items.ts'
import type { CollectOptions, PodScope } from './options.ts'
import type { Ports } from './ports.ts'
import { isSvclb } from './redact/pod.ts'

export interface PodObject {
  readonly metadata: { readonly name: string, readonly namespace: string, readonly labels?: { readonly [name: string]: string } }
  readonly spec?: { readonly hostNetwork?: boolean, readonly nodeName?: string, readonly containers?: readonly { readonly name: string, readonly image?: string }[] }
  readonly status?: {
    readonly phase?: string
    readonly containerStatuses?: readonly { readonly name: string, readonly state?: { readonly running?: object } }[]
  }
}

/** What is asked inside one pod, and the containers to ask it in. */
export interface PodQuestion {
  readonly pod: PodObject
  readonly parts: readonly Part[]
  readonly containers: readonly string[]
  /** True: every container is asked. False: they share one network, the first that can answer does. */
  readonly each: boolean
}

/** The pods that are asked by exec: running ones with a network of their own. */
export function podQuestions(pods: readonly PodObject[], scope: PodScope): PodQuestion[] {
  return pods.flatMap((pod): PodQuestion[] => {
    const containers = runningContainers(pod)
    if (scope === 'none' || pod.status?.phase !== 'Running' || pod.spec?.hostNetwork === true || containers.length === 0) return []
    if (isSvclb(pod)) return [{ pod, parts: ['iptables', 'sockets'], containers, each: true }]
    return scope === 'all' || (scope === 'traefik' && isTraefik(pod)) ? [{ pod, parts: ['sockets'], containers, each: false }] : []
  })
}

export async function askPod(options: CollectOptions, ports: Ports, question: PodQuestion): Promise<CollectedItem[]> {
  const { pod: { metadata: { name: pod, namespace } }, parts, containers, each } = question
  const bad = [pod, namespace, ...containers].find((name) => !isKubernetesName(name))
  if (bad !== undefined) throw new Error(`not a pod's, a namespace's or a container's name: ${JSON.stringify(bad)}`)
  const items: CollectedItem[] = []
  for (const container of containers) {
    const at = { namespace, pod, container }
    const run = await attempt(ports, execScript(options, at, parts), { timeoutMs: options.timeoutMs, stdin: options.nodeScript })
    const answer = nodeItems(at, parts, run, null)
    if (each) items.push(...answer)
    else if (answer.every(({ error }) => error === null)) return answer
    else if (items.length === 0) items.push(...answer)
  }
  return items
}

function runningContainers({ spec, status }: PodObject): string[] {
  const running = new Set(status?.containerStatuses?.flatMap(({ name, state }) => (state?.running === undefined ? [] : [name])))
  return (spec?.containers ?? []).flatMap(({ name }) => (running.has(name) ? [name] : []))
}

function isTraefik({ metadata, spec }: PodObject): boolean {
  const labels = metadata.labels ?? {}
  return labels['app.kubernetes.io/name'] === 'traefik' || labels['app'] === 'traefik' || labels['k8s-app'] === 'traefik' ||
    (spec?.containers ?? []).some(({ image }) => /(^|\/)traefik(:|@|$)/.test(image ?? ''))
}
