import type { CommandModule } from 'yargs'

export const rulesCommand: CommandModule = { command: 'rules', describe: 'rules', handler: () => {} }
