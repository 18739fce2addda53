import { command } from '../../command.ts'
import * as options from '../../options.ts'

interface Args {
  snapshot: string
  file: string
  archive: string
}

export const packCommand = command<Args>({
  command: 'pack <snapshot> <file>',
  describe: 'pack a snapshot folder into one .tar.gz, to keep or to send',
  builder: (yargs) =>
    yargs
      .positional('snapshot', {
        type: 'string',
        demandOption: true,
        describe: 'a snapshot folder; or latest, yesterday, a name of one in the archive folder'
      })
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'the .tar.gz to write; it must not exist'
      })
      .option('archive', options.archive)
      .example('snap pack yesterday incident.tar.gz', 'attach it to a ticket')
      .example('snap pack other/2026-11-22T02-00-00Z a.tar.gz', 'of another folder'),
  async handler(args) {
    const { pack } = await import('./pack.ts')
    await pack(args)
  }
})
