import { command } from '../../command.ts'
import { SCRIPTS } from './scripts.ts'

export const completionCommand = command<{ shell: string }>({
  command: 'completion <shell>',
  describe: "print a script with which a shell completes snap's options, and names from the store",
  builder: (yargs) =>
    yargs
      .positional('shell', { type: 'string', demandOption: true, choices: Object.keys(SCRIPTS), describe: 'the shell' })
      .example('source <(snap completion bash)', 'in ~/.bashrc')
      .example('snap completion fish | source', 'in config.fish'),
  async handler({ shell }) {
    process.stdout.write(SCRIPTS[shell]!)
  }
})
