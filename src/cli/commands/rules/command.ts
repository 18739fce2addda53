import { command } from '../../command.ts'
import * as options from '../../options.ts'

interface Args {
  snapshot: string
  node?: string
  dump?: string
  family: string
  table?: string
  chain?: string
  counters?: boolean
  output: string
}

export const rulesCommand = command<Args>({
  command: 'rules',
  describe: "print a node's rules as iptables-save does, from the store or a file",
  builder: (yargs) =>
    yargs
      .option('snapshot', options.snapshot)
      .option('node', { type: 'string', requiresArg: true, describe: 'the node' })
      .option('dump', {
        type: 'string',
        requiresArg: true,
        describe: 'a file that iptables-save, iptables -S, iptables -L or nft list ruleset wrote, instead of the store'
      })
      .option('family', {
        type: 'string',
        choices: ['ipv4', 'ipv6'],
        default: 'ipv4',
        requiresArg: true,
        describe: 'which rules of the node'
      })
      .option('table', {
        alias: 't',
        type: 'string',
        requiresArg: true,
        describe: 'only this table: nat, filter, …; of a list of -S or -L, what it is of'
      })
      .option('chain', { type: 'string', requiresArg: true, describe: 'only this chain' })
      .option('counters', { alias: 'c', type: 'boolean', describe: "with the rules' counters, as iptables-save -c" })
      .option('output', { ...options.output, default: 'save', choices: ['save', 'nft', ...options.output.choices] })
      .conflicts('dump', 'node')
      .example('snap rules --node kube-master -t nat -s yesterday', 'the nat table of one day')
      .example('snap rules --dump ruleset.json -o nft', 'what nft -j list ruleset wrote, for nft -f')
      .example('snap rules --dump iptables-save.txt -o json', 'a file, for a program'),
  async handler(args) {
    const [{ asking }, { UserError }, { printFile, printStored }] = await Promise.all([
      import('../../store/asking.ts'),
      import('../../../problem.ts'),
      import('./rules.ts')
    ])
    const { dump, node } = args
    const question = { ...args, counters: args.counters === true }
    if (dump !== undefined) return printFile(dump, question)
    if (args.output === 'nft')
      throw new UserError('rules: -o nft prints a listing of nft out of a file; name it with --dump')
    if (node === undefined) throw new UserError('rules: of which node? Name it with --node, or a file with --dump')
    return asking(args.store, (store) => printStored(store, { ...question, node }))
  }
})
