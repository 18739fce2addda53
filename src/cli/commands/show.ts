import type { CommandModule } from 'yargs'

export const showCommand: CommandModule = { command: 'show', describe: 'show', handler: () => {} }
