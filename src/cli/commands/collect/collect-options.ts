import { readFileSync } from 'node:fs'
import { isKubernetesName } from '../../../collect/name.ts'
import type { CollectOptions, PodScope, Transport } from '../../../collect/options.ts'
import { packageFolder } from '../../../package-folder.ts'
import { UserError } from '../../../problem.ts'
import { version } from '../../version.ts'

export interface CollectArguments {
  archive: string
  store: string
  transport: string
  selector: string
  'pod-namespace': string
  container?: string
  image?: string
  'ssh-user'?: string
  'ssh-port'?: string
  'ssh-identity'?: string
  'ssh-sudo': boolean
  'ssh-address': 'name' | 'InternalIP' | 'ExternalIP'
  command?: string[]
  node?: string
  pods: PodScope
  conntrack: boolean
  context?: string
  kubeconfig?: string
  kubectl: string
  cluster?: string
  timeout: string
  retries: string
  deadline: string
  concurrency: string
  'page-size': string
  verbose: boolean
  import: boolean
  check: boolean
  'fail-on': string
  suppress?: string
  checks?: string[]
  keep?: string
  textfile?: string
}

/** What the command line, the environment and the file of settings say, as collecting takes it. Throws: UserError. */
export function collectOptions(args: CollectArguments): CollectOptions {
  return {
    kubectl: args.kubectl,
    ...(args.context !== undefined && { context: args.context }),
    ...(args.kubeconfig !== undefined && { kubeconfig: args.kubeconfig }),
    ...(args.cluster !== undefined && { clusterName: args.cluster }),
    transports: transportsOf(args),
    pods: args.pods,
    conntrack: args.conntrack,
    timeoutMs: milliseconds(positive('timeout', args.timeout)),
    retries: natural('retries', args.retries),
    concurrency: positive('concurrency', args.concurrency),
    pageSize: positive('page-size', args['page-size']),
    nodeScript: readFileSync(packageFolder('scripts', 'collect-node.sh'), 'utf8'),
    tool: `snap ${version()}`,
    deadline: after(positive('deadline', args.deadline))
  }
}

/** A timer that is set to more ends at once. */
function milliseconds(seconds: number): number {
  return Math.min(seconds * 1000, 2 ** 31 - 1)
}

/** Of the deadline alone nothing waits. */
function after(seconds: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(
    () => controller.abort(new Error(`not within the ${seconds} s of --deadline`)),
    milliseconds(seconds)
  ).unref()
  return controller.signal
}

/** Our own pods on the nodes, as deploy/ makes them. */
const OURS: Transport = { kind: 'exec', pods: { namespace: null, selector: 'app.kubernetes.io/name=snap-node' } }

/** `auto`: whatever needs nothing that was not given, in the order of what is likely to answer whole. */
function transportsOf(args: CollectArguments): Transport[] {
  const exec: Transport = {
    kind: 'exec',
    pods: {
      namespace: args['pod-namespace'],
      selector: args.selector,
      ...(args.container !== undefined && { container: args.container })
    }
  }
  switch (args.transport) {
    case 'exec':
      return [exec]
    case 'daemonset':
      return [OURS]
    case 'debug':
      return [debugOf(args)]
    case 'ssh':
      return [sshOf(args)]
    case 'command':
      return [commandOf(args)]
    case 'local':
      return [localOf(args)]
    case 'none':
      return []
  }
  return [
    ...(args.node === undefined ? [] : [localOf(args)]),
    OURS,
    exec,
    ...(args['ssh-user'] === undefined && args['ssh-identity'] === undefined ? [] : [sshOf(args)]),
    ...(args.command === undefined ? [] : [commandOf(args)]),
    ...(args.image === undefined ? [] : [debugOf(args)])
  ]
}

function sshOf(args: CollectArguments): Transport {
  return {
    kind: 'ssh',
    ssh: {
      sudo: args['ssh-sudo'],
      address: args['ssh-address'],
      ...(args['ssh-user'] !== undefined && { user: args['ssh-user'] }),
      ...(args['ssh-port'] !== undefined && { port: positive('ssh-port', args['ssh-port']) }),
      ...(args['ssh-identity'] !== undefined && { identity: args['ssh-identity'] })
    }
  }
}

function debugOf({ image, 'pod-namespace': namespace }: CollectArguments): Transport {
  if (image === undefined)
    throw new UserError(
      'collect: --transport debug needs --image, an image with a shell and iptables; deploy/Dockerfile builds one'
    )
  return { kind: 'debug', image, namespace }
}

function commandOf({ command }: CollectArguments): Transport {
  if (command === undefined)
    throw new UserError(
      'collect: --transport command needs --command, its words one by one: --command tsh --command ssh --command "root@{node}"'
    )
  return { kind: 'command', argv: command }
}

function localOf({ node }: CollectArguments): Transport {
  if (node === undefined)
    throw new UserError('collect: --transport local needs --node, the name of this node in the cluster')
  if (!isKubernetesName(node)) throw new UserError(`collect: --node ${JSON.stringify(node)} is no name of a node`)
  return { kind: 'local', node }
}

function positive(option: string, text: string): number {
  const value = natural(option, text)
  if (value < 1) throw new UserError(`collect: --${option} is a whole number above 0, not "${text}"`)
  return value
}

function natural(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UserError(`collect: --${option} is a whole number, not "${text}"`)
  return Number(text)
}
