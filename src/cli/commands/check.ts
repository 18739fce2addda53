import { command } from '../command.ts'
import * as options from '../options.ts'

interface Args {
  codes?: string[]
  snapshot: string
  checks?: string[]
  'fail-on': string
  output: string
}

export const checkCommand = command<Args>({
  command: 'check [codes..]',
  describe: 'find what is wrong in a snapshot',
  builder: (yargs) =>
    yargs
      .positional('codes', { type: 'string', array: true, describe: 'only these checks (all without)' })
      .option('snapshot', options.snapshot)
      .option('checks', { type: 'string', array: true, requiresArg: true, describe: 'a folder with .sql checks of your own' })
      .option('fail-on', { type: 'string', choices: ['error', 'warn', 'none'], default: 'warn', describe: 'the mildest finding that makes the exit status 1' })
      .option('output', options.output)
      .example('snap check -s today', 'all checks on today\'s snapshot')
      .example('snap check SEP-STALE NODE-DRIFT --fail-on error', 'two checks, for cron')
      .example('snap check --checks ./checks -o json', 'with checks of your own'),
  async handler(args) {
    const [{ asking, findSnapshot }, { scopeTo }, { loadChecks }, { runChecks }, { chooseChecks, printResults, isFound }] = await Promise.all([
      import('../asking.ts'), import('../../ask/sql/scope.ts'), import('../../ask/check/catalogue.ts'), import('../../ask/check/run.ts'),
      import('../checking.ts')
    ])
    await asking(args.store, async (store) => {
      const { name } = await findSnapshot(store, args.snapshot)
      scopeTo(store, name)
      const results = runChecks(store, chooseChecks(loadChecks(args.checks ?? []), args.codes ?? []))
      printResults(name, results, args.output)
      if (isFound(results, args['fail-on'])) process.exitCode = 1
    })
  }
})
