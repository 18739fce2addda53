import type { SshOptions } from '../options.ts'
import type { NodeObject, NodeTransport, Reached } from './transport.ts'

/** The user's own ssh with the user's own configuration, asking nothing. */
export function sshTransport(options: SshOptions): NodeTransport {
  return {
    name: 'ssh',
    suits: { yes: true, because: 'chosen' },
    reach: (node) => Promise.resolve(reach(options, node))
  }
}

function reach({ address = 'name', user, port, identity, sudo }: SshOptions, node: NodeObject): Reached {
  const host = hostOf(node, address)
  if ('error' in host) return host
  return {
    via: 'ssh',
    command: [
      'ssh',
      '-T',
      '-o',
      'BatchMode=yes',
      '-o',
      'ConnectTimeout=15',
      '-o',
      'ServerAliveInterval=15',
      ...(user === undefined ? [] : ['-l', user]),
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...(identity === undefined ? [] : ['-i', identity]),
      '--',
      host.host,
      ...(sudo === true ? ['sudo', '-n'] : []),
      'sh',
      '-s'
    ]
  }
}

/** One of a node's names, if it is one that no program can take for an option. */
export function hostOf(
  node: NodeObject,
  address: 'name' | 'InternalIP' | 'ExternalIP'
): { readonly host: string } | { readonly error: string } {
  const host =
    address === 'name' ? node.metadata.name : node.status?.addresses?.find(({ type }) => type === address)?.address
  if (typeof host !== 'string') return { error: `the node has no ${address}` }
  return host.length <= 253 && /^[A-Za-z0-9:][A-Za-z0-9.:%_-]*$/.test(host)
    ? { host }
    : { error: `not a host name: ${JSON.stringify(host.slice(0, 80))}` }
}
