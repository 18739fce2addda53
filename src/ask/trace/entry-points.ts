/** A Traefik container as far as the snapshot tells. */
export interface TraefikContainer {
  /** Only the flags that the collector keeps; null where they were not collected. */
  readonly arguments: readonly string[] | null
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[]
}

/** Where Traefik listens. */
export interface EntryPoint {
  readonly name: string
  /** Routes that name no entry point are served here. */
  readonly isDefault: boolean
  /** What was taken for granted to say so; '' for nothing. */
  readonly assumed: string
}

/** The entry point at a port; undefined where neither arguments nor container ports tell. Static configuration may stand in a file, too. */
export function entryPointAt(
  containers: readonly TraefikContainer[],
  port: number,
  protocol: string
): EntryPoint | undefined {
  for (const container of containers) {
    const settings = settingsOf(container.arguments ?? [])
    for (const [name, entry] of settings) {
      if (entry.port === port && entry.protocol === protocol)
        return { name, isDefault: isDefault(name, settings), assumed: '' }
    }
  }
  const named = containers
    .flatMap(({ ports }) => ports)
    .find((each) => each.port === port && each.protocol.toLowerCase() === protocol && each.name !== '')
  return (
    named && {
      name: named.name,
      isDefault: named.name !== INTERNAL,
      assumed: `its entry point at port ${port} is taken to be ${named.name}, as its container port is named`
    }
  )
}

/** Whether the arguments turn a provider on; undefined where none of them is known. */
export function turnsOn(
  containers: readonly TraefikContainer[],
  provider: 'kubernetescrd' | 'kubernetesingress'
): boolean | undefined {
  const flags = containers.flatMap((container) => container.arguments ?? []).map((flag) => flag.toLowerCase())
  if (flags.length === 0) return undefined
  const own = flags.filter((flag) => flag.startsWith(`--providers.${provider}`))
  return own.length > 0 && !own.includes(`--providers.${provider}=false`)
}

/** Traefik's own dashboard and health check. */
const INTERNAL = 'traefik'

interface Setting {
  port?: number
  protocol: string
  asDefault: boolean
}

/** `--entryPoints.web.address=:8000/tcp`, or the value as the next word. Traefik's flags are not case-sensitive. */
function settingsOf(words: readonly string[]): Map<string, Setting> {
  const settings = new Map<string, Setting>()
  words.forEach((word, index) => {
    const [, name, option, value = words[index + 1] ?? ''] =
      /^--entrypoints\.([a-z0-9_-]+)\.(address|asdefault)(?:=(.*))?$/i.exec(word) ?? []
    if (name === undefined || option === undefined) return
    const setting = settings.get(name.toLowerCase()) ?? { protocol: 'tcp', asDefault: false }
    settings.set(name.toLowerCase(), setting)
    if (option.toLowerCase() === 'asdefault') setting.asDefault = !/^false$/i.test(value)
    const [, port, protocol] = /:(\d+)(?:\/(tcp|udp))?$/i.exec(value) ?? []
    if (port !== undefined) Object.assign(setting, { port: Number(port), protocol: protocol?.toLowerCase() ?? 'tcp' })
  })
  return settings
}

/** Those marked so; without any, all but Traefik's own. */
function isDefault(name: string, settings: ReadonlyMap<string, Setting>): boolean {
  const marked = [...settings].filter(([, { asDefault }]) => asDefault)
  return marked.length > 0 ? marked.some(([each]) => each === name) : name !== INTERNAL
}
