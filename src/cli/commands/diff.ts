import type { CommandModule } from 'yargs'

export const diffCommand: CommandModule = { command: 'diff', describe: 'diff', handler: () => {} }
