import { command } from '../../command.ts'
import * as options from '../../options.ts'

interface Args {
  object: string
  name?: string
  since?: string
  until?: string
  number?: string
  node?: string
  rules?: boolean
  output: string
}

export const logCommand = command<Args>({
  command: 'log <object> [name]',
  describe: 'show the history of one object over all snapshots, newest first',
  builder: (yargs) =>
    yargs
      .positional('object', {
        type: 'string',
        demandOption: true,
        describe:
          'service/demo/web, pod/demo/web-1, node/kube-master, chain/KUBE-SERVICES, 10.42.0.7[:8080], 10.43.0.1:443'
      })
      .positional('name', { type: 'string', describe: 'its name, if the first word is its kind' })
      .option('since', { type: 'string', requiresArg: true, describe: 'from this snapshot on' })
      .option('until', { type: 'string', requiresArg: true, describe: 'up to this snapshot' })
      .option('number', {
        alias: 'n',
        type: 'string',
        requiresArg: true,
        describe: 'number of steps to show, newest first'
      })
      .option('node', { type: 'string', requiresArg: true, describe: 'only the rules of this node' })
      .option('rules', {
        type: 'boolean',
        describe: 'show the raw rules too; for a chain, added and removed rules are always shown'
      })
      .option('output', options.output)
      .example('snap log service/demo/web', 'when what about a Service changed')
      .example('snap log chain KUBE-FORWARD --node kube-master', 'one chain on one node')
      .example(
        'snap log 141.75.148.138:8087 --since "last monday"',
        'an address and port at which a Service is reached'
      )
      .example('snap log node/kube-worker2 -n 3 -o jsonl', 'the last three things that happened to a node'),
  async handler(args) {
    const [{ asking }, { logObject }] = await Promise.all([import('../../store/asking.ts'), import('./log.ts')])
    await asking(args.store, (store) =>
      logObject(store, { ...args, object: args.name === undefined ? args.object : `${args.object}/${args.name}` })
    )
  }
})
