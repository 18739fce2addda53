import type { Argv, CommandModule } from 'yargs'

/** A command whose handler is told by hand what its builder makes of the words: yargs cannot say it across imports. */
export interface Command<Args> {
  readonly command: string
  readonly aliases?: string[]
  readonly describe: string
  builder(yargs: Argv): unknown
  handler(args: Args & { readonly store: string }): Promise<void>
}

export function command<Args>(definition: Command<Args>): CommandModule {
  return definition as unknown as CommandModule
}
