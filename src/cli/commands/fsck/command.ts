import { command } from '../../command.ts'
import * as options from '../../options.ts'

export const fsckCommand = command<{ output: string }>({
  command: 'fsck',
  describe: "verify the store: recompute every hash, check every reference, run SQLite's own check",
  builder: (yargs) =>
    yargs.option('output', options.output).example('snap fsck', 'exit status 1 and a list where something is wrong'),
  async handler({ store, output }) {
    const [{ asking }, { fsck }, { print, talk }, { EXIT }, { progress }] = await Promise.all([
      import('../../store/asking.ts'),
      import('../../../store/fsck/fsck.ts'),
      import('../../terminal/print.ts'),
      import('../../exit-codes.ts'),
      import('../../terminal/progress.ts')
    ])
    progress(`proving ${store}`)
    const problems = await asking(store, fsck)
    if (problems.length === 0) return talk(`${store}: in order`)
    print({ columns: ['object', 'message'], rows: problems.map(({ object, message }) => [object, message]) }, output)
    process.exitCode = EXIT.found
  }
})
