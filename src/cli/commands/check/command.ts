import { command } from '../../command.ts'
import * as options from '../../options.ts'
import type { CheckArguments } from './check.ts'

export const checkCommand = command<Omit<CheckArguments, 'store'>>({
  command: 'check [codes..]',
  describe: 'find what is wrong in a snapshot',
  builder: (yargs) =>
    yargs
      .positional('codes', { type: 'string', array: true, describe: 'only these checks (all without)' })
      .option('snapshot', options.snapshot)
      .option('checks', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'a folder with .sql checks of your own'
      })
      .option('before', {
        type: 'string',
        requiresArg: true,
        conflicts: 'new-since',
        describe: 'check what changed since this snapshot: assertions over two snapshots instead'
      })
      .option('compare', {
        type: 'string',
        requiresArg: true,
        conflicts: ['before', 'new-since'],
        describe: 'what is new since this snapshot, what is gone, and what still stands'
      })
      .option('fail-on', {
        type: 'string',
        choices: ['error', 'warn', 'none'],
        default: 'warn',
        describe: 'the mildest finding that makes the exit status 1'
      })
      .option('suppress', {
        type: 'string',
        requiresArg: true,
        describe: 'a file with lines of CODE OBJECT UNTIL REASON: findings to leave out'
      })
      .option('new-since', {
        type: 'string',
        requiresArg: true,
        describe: 'leave out what stood in this snapshot already'
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
