import type { CommandModule } from 'yargs'

export const collectCommand: CommandModule = { command: 'collect', describe: 'collect', handler: () => {} }
