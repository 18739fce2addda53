import { existsSync } from 'node:fs'
import { plainFileProblem } from '../input-file.ts'
import type { CollectOptions } from './options.ts'

export type Access = Pick<CollectOptions, 'kubectl' | 'context' | 'kubeconfig'>

/** The argv of one kubectl call against the chosen cluster. */
export function kubectl({ kubectl, context, kubeconfig }: Access, ...args: readonly string[]): string[] {
  return [
    kubectl,
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...args
  ]
}

/** A shell in a container. The script comes by stdin, so that nothing has to be installed where it runs. */
export function execShell(access: Access, at: { namespace: string; pod: string; container?: string }): string[] {
  const container = at.container === undefined ? [] : [`--container=${at.container}`]
  return kubectl(access, 'exec', '--stdin', `--namespace=${at.namespace}`, at.pod, ...container, '--', 'sh', '-s')
}

/** kubectl says of a kubeconfig that is missing that a context is missing, and waits for one that is a pipe. */
export function kubeconfigProblem({ kubeconfig }: Access): string | null {
  if (kubeconfig === undefined) return null
  return existsSync(kubeconfig) ? plainFileProblem(kubeconfig) : `${kubeconfig}: there is no such kubeconfig`
}
