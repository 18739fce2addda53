import { command } from '../../command.ts'
import * as options from '../../options.ts'

export const checksCommand = command<{ checks?: string[]; output: string }>({
  command: 'checks',
  describe: 'list all checks',
  builder: (yargs) =>
    yargs
      .option('checks', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'a folder with your own .sql checks'
      })
      .option('output', options.output)
      .example('snap checks', 'code, severity and title of each'),
  async handler(args) {
    const [{ loadAssertions, loadChecks }, { checkRows }, { print }] = await Promise.all([
      import('../../../ask/check/catalogue.ts'),
      import('../../../report/findings/page.ts'),
      import('../../terminal/print.ts')
    ])
    const folders = args.checks ?? []
    print(checkRows([...loadChecks(folders), ...loadAssertions(folders)]), args.output)
  }
})
