/** Where `kubectl exec` goes. */
export interface ExecTarget {
  /** null: the command names none, so it is that of a context unknown here. */
  readonly namespace: string | null
  readonly pod: string
  readonly container: string | null
}

/** A `kubectl get`: what was asked, and what keeps the answer from being all there is. */
export interface GetCommand {
  /** As written: `pod`, `svc`, `all`. */
  readonly resources: readonly string[]
  readonly namespace: string | null
  readonly allNamespaces: boolean
  /** Why rows may be missing (`a name is given`), null where none can. */
  readonly partial: string | null
  /** wide, json, yaml, … ; '' for the plain table. */
  readonly output: string
}

interface Parsed {
  readonly words: readonly string[]
  readonly options: ReadonlyMap<string, string>
  /** Words after `--`. */
  readonly rest: readonly string[]
}

/** Options that take a value of their own; every other one is a switch. */
const WITH_VALUE = new Set([
  'n',
  'namespace',
  'o',
  'output',
  'l',
  'selector',
  'c',
  'container',
  'context',
  'kubeconfig',
  'cluster',
  'field-selector',
  'sort-by',
  'L',
  'label-columns',
  's',
  'server',
  'user',
  'token',
  'v',
  'chunk-size',
  'f',
  'filename'
])

const KUBECTL = /^(?:.*[/\\])?(?:kubectl|oc|k|kubecolor|microk8s\.kubectl)(?:\.exe)?$/

/** The words after `kubectl`, `k3s kubectl`, `sudo kubectl`; null for another command. */
export function kubectlWords(argv: readonly string[]): readonly string[] | null {
  const words = argv[0] === 'sudo' ? argv.slice(1) : argv
  if (KUBECTL.test(words[0] ?? '')) return words.slice(1)
  const [program = '', ...rest] = words
  if (!/^(?:.*\/)?(?:k3s|k0s|rke2|microk8s|minikube)$/.test(program) || rest[0] !== 'kubectl') return null
  return rest[1] === '--' ? rest.slice(2) : rest.slice(1)
}

/** Reads `kubectl get …`; null for another command. */
export function readGet(argv: readonly string[]): GetCommand | null {
  const parsed = parseOptions(kubectlWords(argv) ?? [])
  const [verb, kinds = '', ...names] = parsed.words
  if (verb !== 'get') return null
  const { options } = parsed
  const option = (...names: string[]) => names.map((name) => options.get(name)).find((value) => value !== undefined)
  return {
    resources: kinds.split(',').map((kind) => kind.split('/')[0]!),
    namespace: option('n', 'namespace') ?? null,
    allNamespaces: option('A', 'all-namespaces') !== undefined,
    partial:
      names.length > 0 || kinds.includes('/')
        ? 'the command asks for single objects'
        : option('l', 'selector', 'field-selector') !== undefined
          ? 'the command selects by label or field'
          : option('w', 'watch', 'watch-only') !== undefined
            ? 'the command watches'
            : null,
    output: option('o', 'output') ?? ''
  }
}

/** Reads `kubectl exec …` to its target and the command run there; null for another command or a target that is no pod. */
export function readExec(argv: readonly string[]): { target: ExecTarget; command: readonly string[] } | null {
  const words = kubectlWords(argv) ?? []
  // Without `--` the command begins at the second plain word, and kubectl's own options may stand on either side of the pod.
  const { words: plain, options, rest } = parseOptions(words)
  const [verb, name, ...command] = plain
  if (verb !== 'exec' || name === undefined) return null
  const pod = name.replace(/^(pods?|po)\//, '')
  if (pod.includes('/')) return null
  return {
    target: {
      namespace: options.get('n') ?? options.get('namespace') ?? null,
      pod,
      container: options.get('c') ?? options.get('container') ?? null
    },
    command: rest.length > 0 ? rest : command
  }
}

function parseOptions(argv: readonly string[]): Parsed {
  const words: string[] = []
  const options = new Map<string, string>()
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at]!
    if (word === '--') return { words, options, rest: argv.slice(at + 1) }
    // The command run by a `kubectl exec` without `--` keeps its options to itself.
    if (!/^-./.test(word) || (words[0] === 'exec' && words.length > 2)) {
      words.push(word)
      continue
    }
    const { switches, valued, value } = takeApart(word)
    for (const name of switches) options.set(name, '')
    if (valued !== null) options.set(valued, value ?? argv[(at += 1)] ?? '')
  }
  return { words, options, rest: [] }
}

/** `-Aowide` → switch A, and o with `wide`; `--output=wide`; a value of null stands in the next word. */
function takeApart(word: string): { switches: readonly string[]; valued: string | null; value: string | null } {
  const [, long, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
  if (long !== undefined) {
    return WITH_VALUE.has(long)
      ? { switches: [], valued: long, value: inline ?? null }
      : { switches: [long], valued: null, value: null }
  }
  const letters = [...word.slice(1)]
  const at = letters.findIndex((letter) => WITH_VALUE.has(letter))
  if (at === -1) return { switches: letters, valued: null, value: null }
  return {
    switches: letters.slice(0, at),
    valued: letters[at]!,
    value:
      letters
        .slice(at + 1)
        .join('')
        .replace(/^=/, '') || null
  }
}
