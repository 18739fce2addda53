import type { CommandModule } from 'yargs'

export const reportCommand: CommandModule = { command: 'report', describe: 'report', handler: () => {} }
