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
  readonly action: 'list' | 'spec' | 'save' | 'other'
  /** The one chain that was asked for; null: the whole table. */
  readonly chain: string | null
  readonly verbose: boolean
  readonly numbered: boolean
  /** A stage of the pipe that drops lines or more: `egrep 'KUBE-SERVICES|traefik'`. */
  readonly filter: string | null
  /** False when a stage may change lines or their order (`cut`, `awk`, `sort`): then they are not what iptables printed. */
  readonly faithful: boolean
}

/** `root@kube-master:/home/master# `, `[root@node ~]$ ` */
const USER_PROMPT = String.raw`\[?([A-Za-z0-9._-]+@[A-Za-z0-9._-]+)(?:[: ][^\s#$]*)?\]?\s?[#$]`
/** `node:~ # `, `/ # `, `$ ` */
const BARE_PROMPT = String.raw`[A-Za-z0-9._-]+:[^\s#$]* ?[#$]|(?:\/ |~ )?[#$]`
const PROMPT = new RegExp(String.raw`^\s*(?:${USER_PROMPT}|${BARE_PROMPT})(?:\s+(\S.*))?\s*$`)
const IPTABLES = /(?:^|[\s/;&'"])(ip6?tables(?:-legacy|-nft)?(-save)?)(?:\s+(.*))?$/s
/** A stage of a pipe; a `|` between quotes is none. */
const STAGE = /(?:'[^']*'|"[^"]*"|[^|'"]|['"])+/g
/** These keep every line, but for their blanks. */
const HARMLESS = /^(?:column(?:\s+-t)?|cat(?:\s+-)?|less(?:\s+-\S+)?|more|tee\s+\S+)$/
/** These drop lines and leave the others as they are. */
const DROPPING = /^(?:[ef]?grep|rg|head|tail)\b/
/** But not so: only parts of lines, or lines with something in front. */
const CHANGING =
  /\s(?:-(?=[a-zA-Z]*[oncbHlLZ])[a-zA-Z]+|--(?:only-matching|line-number|count|with-filename|color\S*))(?=\s|$)/

/** Reads a line that shows a shell's prompt, and mostly a command; null for any other line. */
export function readCommand(line: string): Command | null {
  const found = PROMPT.exec(line)
  if (!found) return null
  const [, prompt, text = ''] = found
  return { ...(prompt !== undefined && { prompt }), text: text.trimEnd(), iptables: readIptables(text.trimEnd()) }
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

function readIptables(text: string): IptablesCommand | null {
  const [command, ...stages] = Array.from(text.matchAll(STAGE), (found) => found[0].replace(/^&|\s2>&1/g, '').trim())
  const found = IPTABLES.exec(command ?? '')
  if (!found) return null
  const filters = stages.filter((stage) => !HARMLESS.test(stage))
  const faithful = filters.every(
    (stage) => DROPPING.test(stage) && (/^(?:head|tail)/.test(stage) || !CHANGING.test(stage))
  )
  const options = readOptions((found[3] ?? '').split(/\s+/))
  return { program: found[1]!, ...options, ...(found[2] && { action: 'save' }), filter: filters[0] ?? null, faithful }
}

function readOptions(words: readonly string[]): Omit<IptablesCommand, 'program' | 'filter' | 'faithful'> {
  const read: Writable<ReturnType<typeof readOptions>> = {
    table: 'filter',
    action: 'other',
    chain: null,
    verbose: false,
    numbered: false
  }
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    const value = words[index + 1]
    const letters = /^-[A-Za-z]+$/.test(word) ? word.slice(1).replace(/t(?:nat|filter|mangle|raw|security)$/, '') : ''
    const glued = /^-[A-Za-z]*?t(nat|filter|mangle|raw|security)$/.exec(word)?.[1]
    if (glued !== undefined) read.table = glued
    else if (word === '--table' || letters.endsWith('t')) read.table = value ?? read.table
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
