import { readFileSync } from 'node:fs'
import { openSnapshot } from '../archive/open.ts'
import { createSnapshot } from '../archive/writer.ts'
import { collect } from '../collect/collect.ts'
import type { CollectOptions, PodScope, Transport } from '../collect/options.ts'
import { run } from '../collect/run.ts'
import { packageFolder } from '../package-folder.ts'
import { UserError } from '../problem.ts'
import { EXIT } from './exit-codes.ts'
import { talk } from './print.ts'
import { version } from './version.ts'

export interface CollectArguments {
  archive: string
  transport: Transport['kind']
  selector: string
  'pod-namespace': string
  container?: string
  'ssh-user'?: string
  'ssh-port'?: string
  'ssh-identity'?: string
  'ssh-sudo': boolean
  'ssh-address': 'name' | 'InternalIP' | 'ExternalIP'
  node?: string
  pods: PodScope
  context?: string
  kubeconfig?: string
  kubectl: string
  cluster?: string
  timeout: string
  concurrency: string
}

/** Takes a snapshot and says how it went: quiet on success, for cron. */
export async function collectSnapshot(args: CollectArguments): Promise<void> {
  const { path, total, failed } = await collect(optionsOf(args), {
    run, now: () => new Date(), open: (name) => createSnapshot(args.archive, name)
  })
  process.stdout.write(`${path}\n`)
  if (failed === 0) return
  talk(`${path}: ${failed} of ${total} items failed: ${await reasons(path)}`)
  process.exitCode = failed === total ? EXIT.failed : EXIT.partial
}

/** The most frequent error of a snapshot, and how many others there are. */
async function reasons(path: string): Promise<string> {
  const counts = new Map<string, number>()
  for (const { error } of (await openSnapshot(path)).manifest.items) if (error !== null) counts.set(error, (counts.get(error) ?? 0) + 1)
  const [first, ...others] = [...counts].sort(([, a], [, b]) => b - a).map(([error]) => error)
  return others.length === 0 ? first! : `${first}; and ${others.length} other reasons, told by "snap import"`
}

function optionsOf(args: CollectArguments): CollectOptions {
  return {
    kubectl: args.kubectl,
    ...(args.context !== undefined && { context: args.context }),
    ...(args.kubeconfig !== undefined && { kubeconfig: args.kubeconfig }),
    ...(args.cluster !== undefined && { clusterName: args.cluster }),
    transport: transportOf(args),
    pods: args.pods,
    timeoutMs: positive('timeout', args.timeout) * 1000,
    concurrency: positive('concurrency', args.concurrency),
    nodeScript: readFileSync(packageFolder('scripts', 'collect-node.sh'), 'utf8'),
    tool: `snap ${version()}`
  }
}

function transportOf(args: CollectArguments): Transport {
  switch (args.transport) {
    case 'exec':
      return { kind: 'exec', namespace: args['pod-namespace'], selector: args.selector, ...(args.container !== undefined && { container: args.container }) }
    case 'ssh':
      return {
        kind: 'ssh', sudo: args['ssh-sudo'], address: args['ssh-address'],
        ...(args['ssh-user'] !== undefined && { user: args['ssh-user'] }),
        ...(args['ssh-port'] !== undefined && { port: positive('ssh-port', args['ssh-port']) }),
        ...(args['ssh-identity'] !== undefined && { identity: args['ssh-identity'] })
      }
    case 'local':
      if (args.node === undefined) throw new UserError('collect: --transport local needs --node, the name of this node in the cluster')
      return { kind: 'local', node: args.node }
    case 'none':
      return { kind: 'none' }
  }
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new UserError(`collect: --${option} is a whole number above 0, not "${text}"`)
  return value
}
