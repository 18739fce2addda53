import { kindOf } from '../../../ask/get/kinds.ts'
import { command } from '../../command.ts'
import * as options from '../../options.ts'
import { SHOWN } from './kinds.ts'

const KINDS = Object.keys(SHOWN)

interface Args {
  kind: string
  name?: string[]
  snapshot: string
  output: string
}

export const showCommand = command<Args>({
  command: 'show <kind> [name..]',
  aliases: ['describe'],
  describe: 'show everything a snapshot holds about one object',
  builder: (yargs) =>
    yargs
      .positional('kind', {
        type: 'string',
        demandOption: true,
        choices: KINDS,
        coerce: (word: string) => KINDS.find((kind) => kind === kindOf(word)?.singular) ?? word,
        describe: 'what it is'
      })
      .positional('name', {
        type: 'string',
        array: true,
        describe: "demo/web, a node's name, NODE CHAIN for a chain; nothing for the snapshot itself"
      })
      .option('snapshot', options.snapshot)
      .option('output', { ...options.output, choices: ['table', 'json', 'yaml'] })
      .example('snap show service demo/web -s yesterday', 'ports, addresses, endpoints and chains of a Service')
      .example('snap show chain kube-master KUBE-SERVICES', "a chain's rules and what jumps to it")
      .example('snap show snapshot', 'what was collected, and what was not'),
  async handler(args) {
    const [{ asking, findSnapshot }, { UserError }, { show }, { showJson, showText, showYaml }] = await Promise.all([
      import('../../store/asking.ts'),
      import('../../../problem.ts'),
      import('./show.ts'),
      import('./text.ts')
    ])
    const words = args.name ?? []
    if (args.kind !== 'snapshot' && words.length === 0) throw new UserError(`show: which ${args.kind}?`)
    await asking(args.store, async (store) => {
      const parts = show(store, (await findSnapshot(store, args.snapshot)).name, args.kind, words)
      process.stdout.write(
        args.output === 'json'
          ? showJson(parts)
          : args.output === 'yaml'
            ? showYaml(parts)
            : showText(parts, process.stdout.isTTY ? process.stdout.columns : undefined)
      )
    })
  }
})
