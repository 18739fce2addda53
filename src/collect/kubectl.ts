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
