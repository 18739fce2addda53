import { command } from '../../command.ts'
import * as options from '../../options.ts'

export const listCommand = command<{ output: string }>({
  command: 'list',
  aliases: ['ls'],
  describe: 'list the snapshots in the store, newest first: get snapshots',
  builder: (yargs) => yargs.option('output', options.output).example('snap list', 'which days can be asked about'),
  async handler(args) {
    const [{ asking }, { getObjects }] = await Promise.all([import('../../store/asking.ts'), import('../get/get.ts')])
    await asking(args.store, (store) =>
      getObjects(store, undefined, { kind: 'snapshots', names: [], headers: true, output: args.output })
    )
  }
})
