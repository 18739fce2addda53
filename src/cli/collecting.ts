import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { createSnapshot } from '../archive/writer.ts'
import { apiThroughKubectl } from '../collect/api/kubectl-proxy.ts'
import { collect, type Collected } from '../collect/collect.ts'
import type { CollectOptions, PodScope, Transport } from '../collect/options.ts'
import type { Ports } from '../collect/ports.ts'
import { run } from '../collect/run.ts'
import { packageFolder } from '../package-folder.ts'
import { UserError } from '../problem.ts'
import { EXIT } from './exit-codes.ts'
import { talk } from './print.ts'
import { version } from './version.ts'

export interface CollectArguments {
  archive: string
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
  deadline?: string
  concurrency: string
  'page-size': string
  verbose: boolean
}

/** Takes a snapshot and says how it went: quiet on success, for cron. */
export async function collectSnapshot(args: CollectArguments): Promise<void> {
  const options = optionsOf(args)
  const verbose = args.verbose || process.stdout.isTTY
  const api = apiThroughKubectl(options)
  const ports: Ports = {
    run, api, now: () => new Date(), random: Math.random, say: verbose ? talk : () => {},
    wait: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}).catch(() => {}),
    open: (name) => createSnapshot(args.archive, name)
  }
  try {
    const collected = await collect(options, ports)
    if (verbose) process.stdout.write(`${collected.path}\n`)
    process.exitCode = report(collected)
  } finally {
    await api.close()
  }
}

function report({ path, total, failed, errors }: Collected): number {
  if (failed === 0) return EXIT.clean
  const [[first] = ['']] = errors
  const others = errors.length === 1 ? '' : `; and ${errors.length - 1} other reasons, told by "snap import"`
  talk(`${path}: ${failed} of ${total} items failed: ${first}${others}`)
  return failed === total ? EXIT.failed : EXIT.partial
}

function optionsOf(args: CollectArguments): CollectOptions {
  const deadline = args.deadline === undefined ? undefined : positive('deadline', args.deadline)
  return {
    kubectl: args.kubectl,
    ...(args.context !== undefined && { context: args.context }),
    ...(args.kubeconfig !== undefined && { kubeconfig: args.kubeconfig }),
    ...(args.cluster !== undefined && { clusterName: args.cluster }),
    transports: transportsOf(args),
    pods: args.pods,
    conntrack: args.conntrack,
    timeoutMs: positive('timeout', args.timeout) * 1000,
    retries: natural('retries', args.retries),
    concurrency: positive('concurrency', args.concurrency),
    pageSize: positive('page-size', args['page-size']),
    nodeScript: readFileSync(packageFolder('scripts', 'collect-node.sh'), 'utf8'),
    tool: `snap ${version()}`,
    ...(deadline !== undefined && { deadline: after(deadline) })
  }
}

/** Of the deadline alone nothing waits. */
function after(seconds: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error(`not within the ${seconds} s of --deadline`)), seconds * 1000).unref()
  return controller.signal
}

/** Our own pods on the nodes, as deploy/ makes them. */
const OURS: Transport = { kind: 'exec', pods: { namespace: null, selector: 'app.kubernetes.io/name=snap-node' } }

/** `auto`: whatever needs nothing that was not given, in the order of what is likely to answer whole. */
function transportsOf(args: CollectArguments): Transport[] {
  const exec: Transport = {
    kind: 'exec', pods: { namespace: args['pod-namespace'], selector: args.selector, ...(args.container !== undefined && { container: args.container }) }
  }
  switch (args.transport) {
    case 'exec': return [exec]
    case 'daemonset': return [OURS]
    case 'debug': return [debugOf(args)]
    case 'ssh': return [sshOf(args)]
    case 'command': return [commandOf(args)]
    case 'local': return [localOf(args)]
    case 'none': return []
  }
  return [
    ...(args.node === undefined ? [] : [localOf(args)]),
    OURS, exec,
    ...(args['ssh-user'] === undefined && args['ssh-identity'] === undefined ? [] : [sshOf(args)]),
    ...(args.command === undefined ? [] : [commandOf(args)]),
    ...(args.image === undefined ? [] : [debugOf(args)])
  ]
}

function sshOf(args: CollectArguments): Transport {
  return {
    kind: 'ssh',
    ssh: {
      sudo: args['ssh-sudo'], address: args['ssh-address'],
      ...(args['ssh-user'] !== undefined && { user: args['ssh-user'] }),
      ...(args['ssh-port'] !== undefined && { port: positive('ssh-port', args['ssh-port']) }),
      ...(args['ssh-identity'] !== undefined && { identity: args['ssh-identity'] })
    }
  }
}

function debugOf({ image, 'pod-namespace': namespace }: CollectArguments): Transport {
  if (image === undefined) throw new UserError('collect: --transport debug needs --image, an image with a shell and iptables; deploy/Dockerfile builds one')
  return { kind: 'debug', image, namespace }
}

function commandOf({ command }: CollectArguments): Transport {
  if (command === undefined) throw new UserError('collect: --transport command needs --command, its words one by one: --command tsh --command ssh --command "root@{node}"')
  return { kind: 'command', argv: command }
}

function localOf({ node }: CollectArguments): Transport {
  if (node === undefined) throw new UserError('collect: --transport local needs --node, the name of this node in the cluster')
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
