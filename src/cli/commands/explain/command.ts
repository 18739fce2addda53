import { command } from '../../command.ts'

export const explainCommand = command<{ codes?: string[]; checks?: string[] }>({
  command: 'explain [codes..]',
  describe: 'explain what a check finds, and how to fix it',
  builder: (yargs) =>
    yargs
      .positional('codes', { type: 'string', array: true, describe: 'the checks (default: all)' })
      .option('checks', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'a folder with your own .sql checks'
      })
      .example('snap explain SEP-STALE', 'one check')
      .example('snap explain > checks.md', 'all of them, as Markdown'),
  async handler(args) {
    const [{ loadAssertions, loadChecks }, { checkPage }, { chooseChecks }] = await Promise.all([
      import('../../../ask/check/catalogue.ts'),
      import('../../../report/findings/page.ts'),
      import('../check/check.ts')
    ])
    const folders = args.checks ?? []
    const chosen = chooseChecks('explain', [...loadChecks(folders), ...loadAssertions(folders)], args.codes ?? [])
    process.stdout.write(chosen.map(checkPage).join('\n'))
  }
})
