import type { Argv, CommandModule } from 'yargs'
import { takeOneValueEach } from './one-value.ts'

/** A command whose handler is told by hand what its builder makes of the words: yargs cannot say it across imports. */
export interface Command<Args> {
  readonly command: string
  readonly aliases?: string[]
  readonly describe: string
  builder(yargs: Argv): unknown
  handler(args: Args & { readonly store: string }): Promise<void>
}

export function command<Args>(definition: Command<Args>): CommandModule {
  const positionals = [...definition.command.matchAll(/[<[](\w+)/g)].map(([, name]) => name!)
  const builder = (yargs: Argv) => {
    definition.builder(yargs)
    takeOneValueEach(yargs, positionals)
    return yargs
  }
  return { ...definition, builder } as unknown as CommandModule
}
