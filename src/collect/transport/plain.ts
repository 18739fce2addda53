import { hostOf } from './ssh.ts'
import type { NodeTransport } from './transport.ts'

/** This machine is a node. */
export function localTransport(node: string): NodeTransport {
  return {
    name: 'local',
    suits: { yes: true, because: `this machine is ${node}` },
    reach: ({ metadata: { name } }) =>
      Promise.resolve(
        name === node
          ? { via: 'local', command: ['sh', '-s'] }
          : { error: `only ${node} is local: collect on ${name} too, or choose another transport` }
      )
  }
}

/** An argv of the user's own: `tsh ssh root@{node}`. Its words are never read by a shell here. */
export function commandTransport(argv: readonly string[]): NodeTransport {
  return {
    name: 'command',
    suits: { yes: true, because: 'chosen' },
    reach: (node) => {
      const [name, address] = [hostOf(node, 'name'), hostOf(node, 'InternalIP')]
      if ('error' in name) return Promise.resolve(name)
      if ('error' in address && argv.some((word) => word.includes('{address}'))) return Promise.resolve(address)
      const filled = argv.map((word) =>
        word.replaceAll('{node}', name.host).replaceAll('{address}', 'host' in address ? address.host : '')
      )
      return Promise.resolve({ via: `command ${argv[0]}`, command: [...filled, 'sh', '-s'] })
    }
  }
}
