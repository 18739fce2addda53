import type { CommandModule } from 'yargs'

export const traceCommand: CommandModule = { command: 'trace', describe: 'trace', handler: () => {} }
