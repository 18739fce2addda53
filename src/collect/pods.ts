import { isSvclb } from '../kinds/keep/pod.ts'
import type { Part } from './asked.ts'
import type { SnapshotSink } from './item.ts'
import { execShell } from './kubectl.ts'
import { isKubernetesName } from './name.ts'
import { type AddItem, askAgain, Collected, kubeletOf } from './nodes.ts'
import type { CollectOptions, PodScope } from './options.ts'
import type { Ports } from './ports.ts'
import { Unreached } from './unreached.ts'

export interface PodObject {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly labels?: { readonly [name: string]: string }
  }
  readonly spec?: {
    readonly hostNetwork?: boolean
    readonly nodeName?: string
    readonly containers?: readonly { readonly name: string; readonly image?: string }[]
  }
  readonly status?: {
    readonly phase?: string
    readonly containerStatuses?: readonly { readonly name: string; readonly state?: { readonly running?: object } }[]
  }
}

/** What is asked inside one pod, and the containers to ask it in. */
export interface PodQuestion {
  readonly pod: string
  readonly namespace: string
  readonly parts: readonly Part[]
  readonly containers: readonly string[]
  /** True: every container is asked. False: they share one network, the first that can answer does. */
  readonly each: boolean
  /** Only if the pod is an endpoint of a Service. */
  readonly asBackend: boolean
  /** The pod's node; null where it does not say. */
  readonly node: string | null
}

/** What is asked of a pod by exec, if it is a running one with a network of its own; undefined for the others. */
export function podQuestion(pod: PodObject, scope: PodScope): PodQuestion | undefined {
  const containers = runningContainers(pod)
  if (scope === 'none' || pod.status?.phase !== 'Running' || pod.spec?.hostNetwork === true || containers.length === 0)
    return undefined
  const { name, namespace } = pod.metadata
  const asked = { pod: name, namespace, containers, asBackend: false, node: pod.spec?.nodeName ?? null }
  if (isSvclb(pod)) return { ...asked, parts: ['iptables', 'sockets'], each: true }
  const sockets = { ...asked, parts: ['sockets' as const], each: false }
  if (scope === 'all' || (scope !== 'svclb' && isTraefik(pod))) return sockets
  return scope === 'backends' ? { ...sockets, asBackend: true } : undefined
}

export async function askPod(
  options: CollectOptions,
  ports: Ports,
  sink: SnapshotSink,
  question: PodQuestion,
  add: AddItem,
  unreached = new Unreached(options.retries + 1)
): Promise<void> {
  const { pod, namespace, parts, containers, each } = question
  const bad = [pod, namespace, ...containers].find((name) => !isKubernetesName(name))
  if (bad !== undefined) throw new Error(`not a pod's, a namespace's or a container's name: ${JSON.stringify(bad)}`)
  const asked: Collected[] = []
  const target = question.node === null ? `pod ${namespace}/${pod}` : kubeletOf(question.node)
  let hung: string | null = null
  for (const container of containers) {
    const at = { namespace, pod, container }
    const collected = new Collected(sink, at, parts)
    const call = { owner: at, via: 'exec', command: execShell(options, at), bootId: null, target, unreached }
    if (hung === null) await askAgain(options, ports, sink, call, collected)
    else collected.failed('', `not reached, as another container of the pod: ${hung}`, ports.now())
    hung ??= collected.hang
    asked.push(collected)
    if (!each && collected.wanted().length === 0) break
  }
  const answered = asked.filter((collected) => !collected.silent)
  // Of containers that share a network, one that answers is enough; the others have failed for nobody.
  const told = each ? asked : [answered.at(-1) ?? asked[0]!]
  for (const collected of told)
    await collected.addTo((facts, draft) => add({ ...facts, error: withoutShell(facts.error) }, draft))
  for (const collected of asked) if (!told.includes(collected)) await collected.drop()
}

/** An image without a shell is no silence: nothing inside could be asked. */
function withoutShell(error: string | null): string | null {
  return error !== null && /executable file .*not found|finding executable "sh"|exec: "sh": .*no such file/.test(error)
    ? `no shell in the image (distroless): ${error}`
    : error
}

function runningContainers({ spec, status }: PodObject): string[] {
  const running = new Set(
    status?.containerStatuses?.flatMap(({ name, state }) => (state?.running === undefined ? [] : [name]))
  )
  return (spec?.containers ?? []).flatMap(({ name }) => (running.has(name) ? [name] : []))
}

function isTraefik({ metadata, spec }: PodObject): boolean {
  const labels = metadata.labels ?? {}
  return (
    labels['app.kubernetes.io/name'] === 'traefik' ||
    labels['app'] === 'traefik' ||
    labels['k8s-app'] === 'traefik' ||
    (spec?.containers ?? []).some(({ image }) => /(^|\/)traefik(:|@|$)/.test(image ?? ''))
  )
}
