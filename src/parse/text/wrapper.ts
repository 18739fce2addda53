import { type Pipeline, splitPipeline } from './words.ts'

/** A command without the programs that only carry it somewhere, and where that is. */
export interface Unwrapped {
  readonly pipeline: Pipeline
  /** The host it ran on, where a wrapper names it. */
  readonly host: string | null
  /** It ran in a namespace or container of which the words do not tell whose network it has. */
  readonly elsewhere: boolean
  /** Nothing is left but a shell: the commands at the prompts that follow ran there. */
  readonly opens: boolean
}

interface Carried {
  readonly words: readonly string[]
  readonly host?: string | null
  readonly elsewhere?: true
}

type Wrapper = (argv: readonly string[]) => Carried | null

/** Takes `sudo`, `ssh NODE`, `docker exec NODE`, `chroot /host` and the like off a command, one after the other. */
export function unwrap(pipeline: Pipeline): Unwrapped {
  let [argv = [], ...rest] = pipeline
  let host: string | null = null
  let elsewhere = false
  let carried = false
  for (let at = 0; at < 8; at += 1) {
    const found = WRAPPERS.map((wrapper) => wrapper(argv)).find((each) => each !== null)
    if (!found) break
    argv = found.words
    // A remote command is often one quoted word.
    if (argv.length === 1 && /\s/.test(argv[0]!)) [argv = [], ...rest] = [...splitPipeline(argv[0]!), ...rest]
    host = found.host ?? host
    elsewhere ||= found.elsewhere === true
    carried ||= found.host !== undefined || found.elsewhere === true
  }
  const opens =
    carried && rest.length === 0 && (argv.length === 0 || (isShell(argv[0]!) && argv.length < 3 && argv[1] !== '-c'))
  if (isShell(argv[0] ?? '') && argv[1] === '-c') [argv = [], ...rest] = [...splitPipeline(argv[2] ?? ''), ...rest]
  return { pipeline: argv.length === 0 ? rest : [argv, ...rest], host, elsewhere, opens }
}

function isShell(word: string): boolean {
  return /^(?:.*\/)?(?:sh|bash|ash|dash|zsh)$/.test(word)
}

const WRAPPERS: readonly Wrapper[] = [
  (argv) => (/^[A-Za-z_]\w*=/.test(argv[0] ?? '') ? { words: argv.slice(1) } : null),
  program(['sudo', 'doas'], 'ugpCh', (words) => ({ words })),
  program(['time', 'env', 'nohup', 'exec', 'command'], 'f', (words) => ({ words })),
  program(['timeout', 'watch'], 'nskd', (words, name) => ({ words: name === 'timeout' ? words.slice(1) : words })),
  program(['chroot'], '', (words) => ({ words: words.slice(1) })),
  program(['ssh'], 'iplFoJLRDbceEmOQSwW', ([target = '', ...words]) => ({ words, host: target.split('@').at(-1)! })),
  nsenter,
  namespace,
  container,
  minikube,
  vagrant,
  debug
]

/** `valued`: letters of options that take the next word. */
function program(
  names: readonly string[],
  valued: string,
  carry: (words: readonly string[], name: string) => Carried
): Wrapper {
  return (argv) => {
    const name = (argv[0] ?? '').split('/').at(-1)!
    return names.includes(name) ? carry(withoutOptions(argv.slice(1), valued), name) : null
  }
}

function withoutOptions(argv: readonly string[], valued: string, long: readonly string[] = []): readonly string[] {
  let at = 0
  for (; at < argv.length && /^-/.test(argv[at]!); at += 1) {
    const word = argv[at]!
    if (word === '--') return argv.slice(at + 1)
    if (long.includes(word) || (/^-\w+$/.test(word) && valued.includes(word.at(-1)!))) at += 1
  }
  return argv.slice(at)
}

/** `nsenter -t 1 -n`: the network of the node's first process. */
function nsenter(argv: readonly string[]): Carried | null {
  if (!/^(?:.*\/)?nsenter$/.test(argv[0] ?? '')) return null
  const words = withoutOptions(argv.slice(1), 't', ['--target'])
  const own = argv.slice(1, argv.length - words.length).join(' ')
  const ofNode = /(?:^| )(?:-\w*t ?1|--target[= ]1)(?: |$)/.test(own)
  return ofNode ? { words } : { words, elsewhere: true }
}

function namespace(argv: readonly string[]): Carried | null {
  return argv[0] === 'ip' && argv[1] === 'netns' && argv[2] === 'exec'
    ? { words: argv.slice(4), elsewhere: true }
    : null
}

/** The containers that are nodes, of kind, k3d, minikube and talosctl. */
const NODE_CONTAINER =
  /(?:control-plane\d*|worker\d*|-server-\d+|-agent-\d+|^minikube(?:-m\d+)?|controlplane-\d+|node\d*)$/

function container(argv: readonly string[]): Carried | null {
  if (!/^(?:.*\/)?(?:docker|podman|nerdctl|crictl)$/.test(argv[0] ?? '')) return null
  if (argv[1] === 'exec') {
    const [name = '', ...words] = withoutOptions(argv.slice(2), 'ewu', ['--env', '--user', '--workdir'])
    return NODE_CONTAINER.test(name) && !/crictl$/.test(argv[0]!) ? { words, host: name } : { words, elsewhere: true }
  }
  // What stands behind the image is only found where it is a shell or iptables.
  if (argv[1] !== 'run') return null
  const at = argv.findIndex(
    (word, index) => index > 1 && (isShell(word) || /^(?:.*\/)?(?:ip6?tables|ss|netstat)/.test(word))
  )
  return { words: at === -1 ? [] : argv.slice(at), elsewhere: true }
}

function minikube(argv: readonly string[]): Carried | null {
  if (argv[0] !== 'minikube' || !argv.includes('ssh')) return null
  const named = (names: string) => new RegExp(`(?:^| )(?:${names})[= ](\\S+)`).exec(argv.join(' '))?.[1]
  const words = withoutOptions(argv.slice(argv.indexOf('ssh') + 1), 'np', ['--node', '--profile'])
  return { words, host: named('-n|--node') ?? named('-p|--profile') ?? 'minikube' }
}

function vagrant(argv: readonly string[]): Carried | null {
  if (argv[0] !== 'vagrant' || argv[1] !== 'ssh') return null
  const at = argv.findIndex((word) => word === '-c' || word === '--command')
  const name = argv.slice(2, at === -1 ? undefined : at).find((word) => !word.startsWith('-'))
  return { words: at === -1 ? [] : argv.slice(at + 1, at + 2), host: name ?? null }
}

/** `oc debug node/NAME -- chroot /host …`, `kubectl debug node/NAME -it --image=…` */
function debug(argv: readonly string[]): Carried | null {
  if (!/^(?:.*\/)?(?:kubectl|oc|k)$/.test(argv[0] ?? '') || !argv.includes('debug')) return null
  const node = argv.map((word) => /^nodes?\/(.+)$/.exec(word)?.[1]).find((name) => name !== undefined)
  const at = argv.indexOf('--')
  return node === undefined ? null : { words: at === -1 ? [] : argv.slice(at + 1), host: node }
}
