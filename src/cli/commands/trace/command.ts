import type { TransportProtocol } from '../../../ask/trace/destination.ts'
import { UserError } from '../../../problem.ts'
import { command } from '../../command.ts'
import * as options from '../../options.ts'
import type { Traced } from './trace.ts'

interface Args {
  destination?: string
  snapshot?: string
  node?: string
  from?: string
  proto: TransportProtocol
  'in-interface'?: string
  dump?: string
  'ip6-dump'?: string
  nft?: string
  'node-ip'?: string[]
  batch?: string
  output: string
}

export const traceCommand = command<Args>({
  command: 'trace [destination]',
  describe: "follow a packet through the nodes' rules to the pod and socket that answer",
  builder: (yargs) =>
    yargs
      .positional('destination', {
        type: 'string',
        describe: 'URL, IP:port, service/NAMESPACE/NAME[:PORT], NAME.NAMESPACE.svc:port, node:port'
      })
      .option('snapshot', { ...options.snapshot, default: undefined, defaultDescription: 'latest' })
      .option('node', {
        type: 'string',
        requiresArg: true,
        describe: 'the node the packet enters (default: the node with that address, or each)'
      })
      .option('from', {
        type: 'string',
        requiresArg: true,
        describe: 'pod/NAMESPACE/NAME, node/NAME, an address, or external'
      })
      .option('proto', {
        type: 'string',
        choices: ['tcp', 'udp', 'sctp'],
        default: 'tcp',
        coerce: (name: string) => name.toLowerCase(),
        describe: 'transport protocol'
      })
      .option('in-interface', {
        type: 'string',
        requiresArg: true,
        describe: 'the interface on which the packet arrives'
      })
      .option('dump', {
        type: 'string',
        requiresArg: true,
        describe: 'use the rules of this iptables-save or nft output, no snapshot (- is standard input)'
      })
      .option('ip6-dump', { type: 'string', requiresArg: true, describe: 'ip6tables-save output of the same node' })
      .option('nft', {
        type: 'string',
        requiresArg: true,
        describe: 'nft list ruleset output of the same node, text or -j (- is standard input)'
      })
      .option('node-ip', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'with a dump: all addresses of the node besides loopback, A,B,…'
      })
      .option('batch', {
        type: 'string',
        requiresArg: true,
        describe: 'answer each JSON line of this file (- is standard input); see docs/trace.md'
      })
      .option('output', { ...options.output, choices: ['text', 'json', 'mermaid', 'dot', 'svg'], default: 'text' })
      .example('snap trace http://kube-master:8087', 'how does this URL reach a pod?')
      .example('snap trace 10.43.99.34:8087 --node kube-master', 'what one node does with it')
      .example('snap trace service/demo/web --from pod/demo/client -s yesterday -o json', 'for a program')
      .example('iptables-save -c | snap trace 10.43.99.34:8087 --dump -', 'on a node, without any snapshot')
      .example('nft -j list ruleset | snap trace 10.43.0.10:53 --nft -', 'the same on a node of nftables mode')
      .example('snap trace --batch expected.jsonl -s latest', 'connection tests: exit status 1 where one fails'),
  async handler(args) {
    requireOneQuestion(args)
    if (!isDumped(args)) return traceSnapshot(args)
    const [{ readDumpedNode }, { tracedDump }] = await Promise.all([import('./dumps.ts'), import('./trace.ts')])
    const { dump, 'ip6-dump': ip6Dump, nft, 'node-ip': nodeIp, node } = args
    const files = {
      ...(dump !== undefined && { dump }),
      ...(ip6Dump !== undefined && { ip6Dump }),
      ...(nft !== undefined && { nft })
    }
    await answer(
      args,
      tracedDump(await readDumpedNode({ ...files, ...(nodeIp && { nodeIp }), ...(node !== undefined && { node }) }))
    )
  }
})

async function traceSnapshot(args: Args & { store: string }): Promise<void> {
  const [{ asking, findSnapshot }, { scopeTo }, { tracedSnapshot }] = await Promise.all([
    import('../../store/asking.ts'),
    import('../../../ask/sql/scope.ts'),
    import('./trace.ts')
  ])
  await asking(args.store, async (store) => {
    const { name } = await findSnapshot(store, args.snapshot ?? options.snapshot.default)
    scopeTo(store, name)
    await answer(args, tracedSnapshot(store, name))
  })
}

async function answer(args: Args, traced: Traced): Promise<void> {
  const { node, from, proto: protocol, 'in-interface': inInterface } = args
  const request = {
    protocol,
    ...(node !== undefined && { node }),
    ...(from !== undefined && { from }),
    ...(inInterface !== undefined && { inInterface })
  }
  if (args.batch === undefined) {
    const { printTrace } = await import('./trace.ts')
    return await printTrace(traced.tracer({ ...request, destination: args.destination! }), traced, args.output)
  }
  const { traceBatch } = await import('./batch.ts')
  process.exitCode = await traceBatch(traced.tracer, args.batch, request)
}

function isDumped(args: Args): boolean {
  return [args.dump, args['ip6-dump'], args.nft].some((file) => file !== undefined)
}

function requireOneQuestion(args: Args): void {
  const dumped = isDumped(args)
  if (args.destination !== undefined && args.batch !== undefined) {
    throw new UserError(`trace: both a destination (${args.destination}) and --batch were given; leave one out`)
  }
  if (args.destination === undefined && args.batch === undefined) {
    throw new UserError('trace: give a destination, or --batch with a file of them; "snap trace --help" shows both')
  }
  if (dumped && args.snapshot !== undefined)
    throw new UserError('trace: rules come from a dump or from a snapshot; give --dump or -s, not both')
  if (!dumped && args['node-ip'] !== undefined)
    throw new UserError("trace: --node-ip goes with --dump: a snapshot knows its nodes' addresses")
  if ([args.dump, args['ip6-dump'], args.nft, args.batch].filter((file) => file === '-').length > 1) {
    throw new UserError('trace: only one of --dump, --ip6-dump, --nft and --batch can be standard input')
  }
}
