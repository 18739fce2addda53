/**
 * Command-line flags that decide how Traefik and kube-proxy send traffic, without those that can carry credentials
 * (`--providers.consul.token`, `--kubeconfig`). Traefik's flags are not case-sensitive.
 */
const PROVIDER = [
  'allowemptyservices',
  'allowexternalnameservices',
  'allowcrossnamespace',
  'ingressclass',
  'namespaces',
  'labelselector',
  'nativelbbydefault',
  'strictprefixmatching',
  'disableingressclasslookup',
  'disableclusterscoperesources',
  'ingressendpoint\\.(publishedservice|ip|hostname)'
]
const ENTRY_POINT = [
  'address',
  'asdefault',
  'proxyprotocol\\.(insecure|trustedips)',
  'forwardedheaders\\.(insecure|trustedips)',
  'http\\.tls',
  'http\\.redirections\\.entrypoint\\.(to|scheme|permanent|priority)'
]
const KUBE_PROXY = [
  'proxy-mode',
  'cluster-cidr',
  'masquerade-all',
  'nodeport-addresses',
  'iptables-masquerade-bit',
  'iptables-localhost-nodeports',
  'detect-local-mode',
  'hostname-override',
  'bind-address',
  'healthz-bind-address'
]
const FLAGS = [
  new RegExp(`^--providers\\.kubernetes(ingress|crd|gateway)(\\.(${PROVIDER.join('|')}))?$`, 'i'),
  new RegExp(`^--entrypoints\\.[a-z0-9_-]+(\\.(${ENTRY_POINT.join('|')}))?$`, 'i'),
  new RegExp(`^--(${KUBE_PROXY.join('|')})$`)
]

/** Flags that take no value as a word of its own: what follows them is something else. */
const SWITCHES =
  /^--(?:masquerade-all|iptables-localhost-nodeports|providers\..*\.allow\w+|providers\.kubernetes(?:ingress|crd|gateway)|.*\.(?:asdefault|insecure|http\.tls|permanent))$/i
/** Numbers, names, addresses and lists of them. */
const VALUE = /^[\w.,:/[\]*-]{0,256}$/

/** The known flags of an argv with their values, in their order; everything else is dropped. */
export function keptArguments(argv: unknown): string[] | undefined {
  if (!Array.isArray(argv)) return undefined
  const words = argv.map((word) => (typeof word === 'string' ? word : ''))
  return words.flatMap((word, index) => {
    const flag = word.split('=', 1)[0]!
    if (!FLAGS.some((known) => known.test(flag)) || !VALUE.test(word.slice(flag.length + 1))) return []
    const next = words[index + 1]
    const takesNext =
      word === flag &&
      !SWITCHES.test(flag) &&
      next !== undefined &&
      next !== '' &&
      !next.startsWith('-') &&
      VALUE.test(next)
    return takesNext ? [word, next] : [word]
  })
}
