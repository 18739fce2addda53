/** An iptables command as it stands behind a shell's prompt in a pasted text. */
export interface Command {
  /** `root@kube-master`, when the prompt names them. */
  readonly prompt?: string
  /** What follows the prompt. */
  readonly text: string
  readonly iptables: IptablesCommand | null
}

export interface IptablesCommand {
  readonly program: string
  readonly table: string
  readonly action: 'list' | 'spec' | 'other'
  /** The one chain that was asked for; null: the whole table. */
  readonly chain: string | null
  readonly verbose: boolean
  readonly numbered: boolean
  /** A stage of the pipe that may have dropped or changed lines: `egrep 'KUBE-SERVICES|traefik'`. */
  readonly filter: string | null
}

/** `root@kube-master:/home/master# `, `[root@node ~]$ `, `node:~ # `, `# `, `$ `; the path may hold no blank. */
const PROMPT = /^\s*(?:\[?([A-Za-z0-9._-]+@[A-Za-z0-9._-]+)(?:[: ][^\s#$]*)?\]?\s?[#$]|[A-Za-z0-9._-]+:[^\s#$]* ?[#$]|(?:\/ |~ )?[#$])\s+(\S.*)$/
const IPTABLES = /(?:^|[\s/;&'"])(ip6?tables(?:-legacy|-nft)?)\s+(.*)$/
/** These keep every line. */
const HARMLESS = /^(?:column(?:\s+-t)?|cat|less|more|tee\s+\S+|cat\s+-|less\s+-\S+)$/

/** Reads a line that shows a shell's prompt and a command; null for any other line. */
export function readCommand(line: string): Command | null {
  const found = PROMPT.exec(line)
  if (!found) return null
  const [, prompt, text] = found as unknown as [string, string | undefined, string]
  return { ...(prompt !== undefined && { prompt }), text: text.trimEnd(), iptables: readIptables(text.trimEnd()) }
}

function readIptables(text: string): IptablesCommand | null {
  const [command, ...stages] = text.replace(/\|&|\s2>&1/g, match => match === '|&' ? '|' : '').split('|').map(stage => stage.trim()) as [string, ...string[]]
  const found = IPTABLES.exec(command)
  if (!found) return null
  // A pattern like 'a|b' was split too; that leaves a stage that is not harmless, as the pattern's command is.
  const filter = stages.find(stage => !HARMLESS.test(stage)) ?? null
  return { program: found[1]!, ...readOptions(found[2]!.split(/\s+/)), filter }
}

function readOptions(words: readonly string[]): Omit<IptablesCommand, 'program' | 'filter'> {
  const read = { table: 'filter', action: 'other' as IptablesCommand['action'], chain: null as string | null, verbose: false, numbered: false }
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    const value = words[index + 1]
    const letters = /^-[A-Za-z]+$/.test(word) ? word.slice(1) : ''
    if (word === '--table' || letters.endsWith('t')) read.table = value ?? read.table
    if (word.startsWith('--table=')) read.table = word.slice(8)
    if (word === '--list' || letters.includes('L')) read.action = 'list'
    if (word === '--list-rules' || letters.includes('S')) read.action = 'spec'
    const takesChain = word === '--list' || word === '--list-rules' || /[LS]$/.test(letters)
    if (takesChain && value !== undefined && /^[^-;&<>]/.test(value)) read.chain = value
    if (word === '--verbose' || letters.includes('v')) read.verbose = true
    if (word === '--line-numbers') read.numbered = true
  }
  return read
}
