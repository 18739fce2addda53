import { command } from '../../command.ts'
import * as options from '../../options.ts'
import type { CheckArguments } from './check.ts'

export const checkCommand = command<Omit<CheckArguments, 'store'>>({
  command: 'check [codes..]',
  describe: 'find problems in a snapshot',
  builder: (yargs) =>
    yargs
      .positional('codes', { type: 'string', array: true, describe: 'only these checks (default: all)' })
      .option('snapshot', options.snapshot)
      .option('checks', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'a folder with your own .sql checks'
      })
      .option('before', {
        type: 'string',
        requiresArg: true,
        conflicts: 'new-since',
        describe: 'run the checks that compare two snapshots, with this one as the earlier'
      })
      .option('compare', {
        type: 'string',
        requiresArg: true,
        conflicts: ['before', 'new-since'],
        describe: 'show which findings are new since this snapshot, gone, or still present'
      })
      .option('fail-on', {
        type: 'string',
        choices: ['error', 'warn', 'none'],
        default: 'warn',
        describe: 'the lowest severity that makes the exit status 1'
      })
      .option('suppress', {
        type: 'string',
        requiresArg: true,
        describe: 'a file with lines of CODE OBJECT UNTIL REASON: findings to leave out'
      })
      .option('new-since', {
        type: 'string',
        requiresArg: true,
        describe: 'leave out findings that this snapshot already had'
      })
      .option('baseline', { type: 'string', requiresArg: true, describe: 'leave out the findings of this file' })
      .option('write-baseline', {
        type: 'string',
        requiresArg: true,
        describe: 'write the findings to a file for --baseline'
      })
      .option('output', {
        ...options.output,
        choices: [...options.output.choices, 'junit', 'sarif', 'prometheus', 'github']
      })
      .example('snap check -s today', "all checks on today's snapshot")
      .example('snap check SEP-STALE NODE-DRIFT --fail-on error', 'two checks, for cron')
      .example('snap check --new-since yesterday', 'only what is new')
      .example('snap check -s today --compare yesterday', 'new, gone, and still there since when')
      .example('snap check --before yesterday', 'no Service lost an endpoint, no node half of its rules, …')
      .example('snap check --checks ./checks -o json', 'with checks of your own'),
  async handler(args) {
    const { checkSnapshot } = await import('./check.ts')
    await checkSnapshot(args)
  }
})
