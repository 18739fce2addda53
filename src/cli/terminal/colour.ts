/** `--color`: what the user said on the command line. */
export type ColourChoice = 'auto' | 'always' | 'never'

let choice: ColourChoice = 'auto'

export function chooseColour(chosen: ColourChoice): void {
  choice = chosen
}

/** Whether to colour what goes to standard output: --color, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR, then whether it is a terminal. */
export function isColoured(env: NodeJS.ProcessEnv = process.env, isTerminal: boolean = process.stdout.isTTY): boolean {
  if (choice !== 'auto') return choice === 'always'
  if (env.NO_COLOR) return false
  if (env.CLICOLOR_FORCE && env.CLICOLOR_FORCE !== '0') return true
  return isTerminal && env.CLICOLOR !== '0' && env.TERM !== 'dumb'
}
