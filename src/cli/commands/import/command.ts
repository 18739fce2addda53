import { command } from '../../command.ts'
import * as options from '../../options.ts'

interface Args {
  paths?: string[]
  archive: string
  text?: string
  node?: string
  at?: string
}

export const importCommand = command<Args>({
  command: 'import [paths..]',
  describe: 'import snapshots into the store: those named, or all new ones of the archive folder',
  builder: (yargs) =>
    yargs
      .positional('paths', {
        type: 'string',
        array: true,
        describe: "snapshots, other collectors' archives, folders of dumps, or what collect-node.sh printed"
      })
      .option('archive', options.archive)
      .option('text', {
        type: 'string',
        requiresArg: true,
        describe: 'a pasted terminal session: kubectl tables, iptables -L, netstat; - for standard input'
      })
      .option('node', {
        type: 'string',
        requiresArg: true,
        describe: 'the node, if the text or the archive does not name it'
      })
      .option('at', {
        type: 'string',
        requiresArg: true,
        describe: 'when it was collected, ISO 8601 (default: the time of the file)'
      })
      .example('snap import', 'all new snapshots in ./snapshots')
      .example('snap import backup/2026-11-22T02-00-00Z.tar.gz', 'one packed snapshot')
      .example('snap import node-a.txt node-b.txt', 'what sh collect-node.sh printed on two nodes, as one snapshot')
      .example(
        'snap import node-a.tar.gz node-b.tar.gz',
        "Rancher's or EKS's log collections of two nodes, as one snapshot"
      )
      .example('snap import must-gather.tar.gz', 'or a support bundle, a cluster-info dump, a folder of dumps')
      .example('snap import --text session.txt --node kube-master --at 2026-11-22T10:00Z', 'what an operator pasted'),
  async handler(args) {
    const [{ importAll, importText }, { UserError }] = await Promise.all([
      import('./import.ts'),
      import('../../../problem.ts')
    ])
    if (args.text !== undefined && (args.paths ?? []).length > 0)
      throw new UserError('import: give either snapshots or --text, not both')
    await (args.text === undefined ? importAll(args) : importText({ ...args, text: args.text }))
  }
})
