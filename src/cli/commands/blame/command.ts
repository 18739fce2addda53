import { command } from '../../command.ts'
import * as options from '../../options.ts'

interface Args {
  chain: string
  node?: string
  snapshot: string
  output: string
}

export const blameCommand = command<Args>({
  command: 'blame <chain>',
  describe: 'show since which snapshot each rule of a chain exists',
  builder: (yargs) =>
    yargs
      .positional('chain', { type: 'string', demandOption: true, describe: "the chain's name" })
      .option('node', { type: 'string', requiresArg: true, describe: 'only this node' })
      .option('snapshot', options.snapshot)
      .option('output', options.output)
      .example('snap blame KUBE-SERVICES --node kube-master', 'which rules are new, and since when')
      .example('snap blame KUBE-SVC-XRY76EGRC3BSCIIJ -s yesterday -o csv', 'as of another day, for a spreadsheet'),
  async handler(args) {
    const [{ asking, findSnapshot }, { blameChain }] = await Promise.all([
      import('../../store/asking.ts'),
      import('./blame.ts')
    ])
    await asking(args.store, async (store) => blameChain(store, (await findSnapshot(store, args.snapshot)).name, args))
  }
})
