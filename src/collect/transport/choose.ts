import type { CollectOptions, Transport } from '../options.ts'
import { debugTransport } from './debug.ts'
import { execTransport } from './exec.ts'
import { commandTransport, localTransport } from './plain.ts'
import { sshTransport } from './ssh.ts'
import type { NodeTransport, TransportPorts } from './transport.ts'

/** The transports of a cluster in the order in which each node is tried, and what to say of the choice. */
export interface Chosen {
  readonly transports: readonly NodeTransport[]
  readonly said: string
}

/** Opens the transports that were asked for, and leaves out those that do not suit the cluster: unless none does, then their reasons are told. */
export async function chooseTransports(
  options: CollectOptions,
  ports: TransportPorts & { random: () => number }
): Promise<Chosen> {
  const opened: NodeTransport[] = []
  for (const transport of options.transports) {
    const next = await open(options, ports, transport)
    if (next !== null) opened.push(next)
  }
  const suiting = opened.filter(({ suits }) => suits.yes)
  const told = (some: readonly NodeTransport[]): string =>
    some.map(({ name, suits }) => `${name} (${suits.because})`).join(', ')
  const passedOver = opened.filter(({ suits }) => !suits.yes)
  const others = passedOver.length === 0 ? '' : `; not ${told(passedOver)}`
  return {
    transports: suiting.length > 0 ? suiting : opened,
    said: suiting.length > 0 ? `nodes are reached by ${told(suiting)}${others}` : `no way to the nodes${others}`
  }
}

async function open(
  options: CollectOptions,
  ports: TransportPorts & { random: () => number },
  transport: Transport
): Promise<NodeTransport | null> {
  switch (transport.kind) {
    case 'exec':
      return execTransport(options, ports, transport.pods)
    case 'debug':
      return debugTransport(options, ports, transport)
    case 'ssh':
      return sshTransport(transport.ssh)
    case 'command':
      return commandTransport(transport.argv)
    case 'local':
      return localTransport(transport.node)
    case 'none':
      return null
  }
}
