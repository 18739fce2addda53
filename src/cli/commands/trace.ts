import { command } from '../command.ts'
import * as options from '../options.ts'

interface Args {
  destination: string
  snapshot: string
  node?: string
  from?: string
  proto: 'tcp' | 'udp' | 'sctp'
  output: string
}

export const traceCommand = command<Args>({
  command: 'trace <destination>',
  describe: 'follow a packet through the nodes\' rules to the pod and socket that answer',
  builder: (yargs) =>
    yargs
      .positional('destination', { type: 'string', demandOption: true, describe: 'URL, IP:port, service/NAMESPACE/NAME[:PORT], NAME.NAMESPACE.svc:port, node:port' })
      .option('snapshot', options.snapshot)
      .option('node', { type: 'string', requiresArg: true, describe: 'the node the packet enters (the one whose address it is, or each)' })
      .option('from', { type: 'string', requiresArg: true, describe: 'pod/NAMESPACE/NAME, node/NAME, an address, or external' })
      .option('proto', { type: 'string', choices: ['tcp', 'udp', 'sctp'], default: 'tcp', describe: 'transport protocol' })
      .option('output', { ...options.output, choices: ['text', 'json'], default: 'text' })
      .example('snap trace http://kube-master:8087', 'how does this URL reach a pod?')
      .example('snap trace 10.43.99.34:8087 --node kube-master', 'what one node does with it')
      .example('snap trace service/demo/web --from pod/demo/client -s yesterday -o json', 'for a program'),
  async handler(args) {
    const [{ asking, findSnapshot }, { scopeTo }, { trace }, { printTrace }] = await Promise.all([
      import('../asking.ts'), import('../../ask/sql/scope.ts'), import('../../ask/trace/trace.ts'), import('../tracing.ts')
    ])
    await asking(args.store, async (store) => {
      const { name } = await findSnapshot(store, args.snapshot)
      scopeTo(store, name)
      printTrace(store, name, trace(store, name, { ...args, protocol: args.proto }), args.output)
    })
  }
})
