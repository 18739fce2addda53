import { command } from '../command.ts'

export const packCommand = command<{ snapshot: string; file: string }>({
  command: 'pack <snapshot> <file>',
  describe: 'pack a snapshot folder into one .tar.gz, to keep or to send',
  builder: (yargs) =>
    yargs
      .positional('snapshot', { type: 'string', demandOption: true, describe: 'a snapshot folder' })
      .positional('file', { type: 'string', demandOption: true, describe: 'the .tar.gz to write' })
      .example('snap pack snapshots/NAME incident.tar.gz', 'attach it to a ticket'),
  async handler({ snapshot, file }) {
    const { packSnapshot } = await import('../../archive/pack.ts')
    await packSnapshot(snapshot, file)
  }
})
