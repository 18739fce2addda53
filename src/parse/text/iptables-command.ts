/** What an iptables command line asks to be printed. */
export interface IptablesCommand {
  readonly family: 4 | 6
  /** Named by the program itself (`iptables-legacy`); null where the host decides. */
  readonly backend: 'legacy' | 'nft' | null
  /** -L, -S, or iptables-save. */
  readonly form: 'list' | 'rules' | 'save'
  /** 'filter' where -L and -S name none; null for iptables-save of all tables. */
  readonly table: string | null
  /** null: every chain of the table. */
  readonly chain: string | null
  /** -n, -v, -x, --line-numbers; -c for iptables-save is `verbose`. */
  readonly numeric: boolean
  readonly verbose: boolean
  readonly exact: boolean
  readonly lineNumbers: boolean
}

const PROGRAM = /^(?:.*\/)?(ip6?)tables(?:-(legacy|nft))?(-save)?$/

const LONG: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    table: 't',
    list: 'L',
    'list-rules': 'S',
    numeric: 'n',
    verbose: 'v',
    exact: 'x',
    'line-numbers': '0',
    counters: 'c',
    wait: 'w'
  })
)

/** Reads a command that prints rules; null for another one (`iptables -A …` included). */
export function readIptablesCommand(argv: readonly string[]): IptablesCommand | null {
  const words = argv[0] === 'sudo' ? argv.slice(1) : argv
  const [, program, backend, save] = PROGRAM.exec(words[0] ?? '') ?? []
  if (program === undefined) return null
  const options = readOptions(words.slice(1))
  const form = save ? 'save' : options.has('L') ? 'list' : options.has('S') ? 'rules' : null
  if (form === null) return null
  return {
    family: program === 'ip6' ? 6 : 4,
    backend: (backend as 'legacy' | 'nft' | undefined) ?? null,
    form,
    table: options.get('t') ?? (save ? null : 'filter'),
    chain: options.get('L') || options.get('S') || null,
    numeric: options.has('n'),
    verbose: options.has('v') || options.has('c'),
    exact: options.has('x'),
    lineNumbers: options.has('0')
  }
}

/** -t takes a value, -L and -S may take one; letters may be written together (`-nvL KUBE-SERVICES`). */
function readOptions(words: readonly string[]): Map<string, string> {
  const options = new Map<string, string>()
  for (let at = 0; at < words.length; at += 1) {
    const { switches, valued, attached } = takeApart(words[at]!)
    for (const letter of switches) options.set(letter, '')
    if (valued === null) continue
    const next = words[at + 1] ?? '-'
    const takesNext = attached === '' && !/^[-!]/.test(next)
    options.set(valued, takesNext ? next : attached)
    if (takesNext) at += 1
  }
  return options
}

/** `-nvL` → switches n and v, and L with what is attached to it. */
function takeApart(word: string): { switches: string; valued: string | null; attached: string } {
  const [, name = '', value = ''] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
  const letters = name !== '' ? (LONG.get(name) ?? '') : word.startsWith('-') ? word.slice(1) : ''
  const at = letters.search(/[tLS]/)
  if (at === -1) return { switches: letters, valued: null, attached: '' }
  return { switches: letters.slice(0, at), valued: letters[at]!, attached: value || letters.slice(at + 1) }
}
