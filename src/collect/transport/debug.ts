import { hostname } from 'node:os'
import { failureOf, getAnswer } from '../api/pages.ts'
import { attemptText } from '../attempt.ts'
import { execShell, kubectl } from '../kubectl.ts'
import { isKubernetesName } from '../name.ts'
import type { CollectOptions } from '../options.ts'
import type { NodeTransport, Reached, TransportPorts } from './transport.ts'

type Ports = TransportPorts & { random: () => number }

const CONTAINER = 'snap'
const POLL_MS = 1000
/** Longer than any collection of one node: kubelet ends the pod then, whatever became of snap. */
const LIFETIME_SECONDS = 3600

/**
 * A pod of our own on the node, for clusters in which no pod of a node's network can be used: what `kubectl debug node/NAME` makes, but
 * with the one capability that reading tables needs instead of all or none, a lifetime, and a label by which a later run finds what an
 * interrupted one left. It is bound to its node without the scheduler, so a cordoned or tainted node is read too.
 */
export async function debugTransport(
  options: CollectOptions,
  ports: Ports,
  { image, namespace }: { image: string; namespace: string }
): Promise<NodeTransport> {
  await sweep(options, ports, namespace)
  return {
    name: 'debug',
    suits: { yes: true, because: `pods of ${image}` },
    async reach({ metadata: { name: node } }) {
      if (options.deadline?.aborted === true) return { error: (options.deadline.reason as Error).message }
      const pod = podName(node, ports.random)
      const close = (): Promise<string | null> => remove(options, ports, namespace, [pod])
      const created = await attemptText(
        ports,
        kubectl(options, 'create', '--filename=-', '--validate=false', '--output=name'),
        {
          timeoutMs: options.timeoutMs,
          stdin: JSON.stringify(manifest(pod, namespace, node, image)),
          ...(options.deadline && { signal: options.deadline })
        }
      )
      if (created.error !== null) {
        // It may have been made all the same, when the answer was lost.
        await close()
        return { error: `the debug pod could not be made: ${created.error}` }
      }
      const problem = await started(options, ports, namespace, pod)
      if (problem === null)
        return {
          via: `debug ${namespace}/${pod}`,
          kubelet: true,
          command: execShell(options, { namespace, pod, container: CONTAINER }),
          close
        }
      await close()
      return { error: problem } satisfies Reached
    }
  }
}

function podName(node: string, random: () => number): string {
  const part = Math.floor(random() * 36 ** 5)
    .toString(36)
    .padStart(5, '0')
  return `snap-${node.replaceAll('.', '-').slice(0, 50)}-${part}`
}

/** Whose pods they are: another machine's run at the same cluster is not to lose its own. */
function owner(): string {
  const name = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .slice(0, 63)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
  return isKubernetesName(name) ? name : 'unnamed'
}

const LABELS = (): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/name': 'snap-debug',
  'snap-collector': owner()
})

function manifest(name: string, namespace: string, nodeName: string, image: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: LABELS() },
    spec: {
      nodeName,
      hostNetwork: true,
      restartPolicy: 'Never',
      activeDeadlineSeconds: LIFETIME_SECONDS,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          name: CONTAINER,
          image,
          command: ['sleep', String(LIFETIME_SECONDS)],
          securityContext: {
            runAsUser: 0,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] }
          }
        }
      ]
    }
  }
}

/** Null once the pod runs; why it does not otherwise. */
async function started(options: CollectOptions, ports: Ports, namespace: string, pod: string): Promise<string | null> {
  const until = ports.now().getTime() + options.timeoutMs
  const path = `/api/v1/namespaces/${namespace}/pods?fieldSelector=${encodeURIComponent(`metadata.name=${pod}`)}`
  for (let last = 'it was not seen'; ; ) {
    const answer = await getAnswer(options, ports, path)
    const failed = failureOf(answer)
    if (failed !== null) return `the debug pod ${pod} could not be looked at: ${failed}`
    const state = stateOf(answer.body)
    if (state === 'running') return null
    last = state ?? last
    if (
      ports.now().getTime() >= until ||
      options.deadline?.aborted === true ||
      /ErrImage|InvalidImage|Failed|Error/.test(last)
    )
      return `the debug pod ${pod} did not start: ${last}`
    await ports.wait(POLL_MS, options.deadline)
  }
}

/** `running`, or what it waits for; undefined when it is not there. */
function stateOf(body: Buffer): string | undefined {
  interface Pod {
    status?: { phase?: string; containerStatuses?: { state?: { running?: object; waiting?: { reason?: string } } }[] }
  }
  const pod = firstItem(body) as Pod | undefined
  const state = pod?.status?.containerStatuses?.[0]?.state
  return state?.running !== undefined ? 'running' : (state?.waiting?.reason ?? pod?.status?.phase)
}

function firstItem(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))?.items?.[0]
  } catch {
    return undefined
  }
}

/** Also after an interruption, so without its signal. */
async function remove(
  options: CollectOptions,
  ports: Ports,
  namespace: string,
  which: readonly string[]
): Promise<string | null> {
  const command = kubectl(
    options,
    'delete',
    'pod',
    `--namespace=${namespace}`,
    '--ignore-not-found',
    '--wait=false',
    ...which
  )
  const { error } = await attemptText(ports, command, { timeoutMs: options.timeoutMs })
  return error === null ? null : `${which.join(' ')} in ${namespace} could not be removed: ${error}`
}

/** What earlier runs of this machine left when they were killed. A run holds the cluster's lock, so none of them is in use. */
async function sweep(options: CollectOptions, ports: Ports, namespace: string): Promise<void> {
  const selector = Object.entries(LABELS())
    .map(([label, value]) => `${label}=${value}`)
    .join(',')
  await remove(options, ports, namespace, [`--selector=${selector}`])
}
