/** What `ip` prints without -json, brought into the fields of its JSON that snap reads. A line of another form is left out. */

/** `ip addr show` */
export function ipAddressJson(text: string): string {
  const links: { ifname: string; addr_info: object[] }[] = []
  for (const line of text.split('\n')) {
    const link = /^\d+: ([^:@\s]+)(?:@[^:\s]+)?:/.exec(line)
    if (link !== null) links.push({ ifname: link[1]!, addr_info: [] })
    const address = /^\s+inet6? ([0-9a-fA-F.:]+)(?: peer [0-9a-fA-F.:]+)?\/(\d{1,3}) (?:.* )?scope (\S+)/.exec(line)
    if (address !== null)
      links.at(-1)?.addr_info.push({ local: address[1], prefixlen: Number(address[2]), scope: address[3] })
  }
  return `${JSON.stringify(links)}\n`
}

const TYPES = new Set([
  'unicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'local',
  'broadcast',
  'multicast',
  'anycast',
  'nat'
])

/** `ip route show`, also of all tables: a route that names a table is of another one than main, which snap does not collect either. */
export function ipRouteJson(text: string): string {
  const routes: { [field: string]: unknown; nexthops?: object[] }[] = []
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/)
    if (/^\s+nexthop /.test(line)) routes.at(-1)?.nexthops?.push(hopOf(words))
    else if (words[0] !== '') routes.push(routeOf(words))
  }
  // An empty list of next hops is that of a route with one hop.
  return `${JSON.stringify(routes.filter(({ table }) => table === undefined).map((route) => (route.nexthops?.length === 0 ? { ...route, nexthops: undefined } : route)))}\n`
}

function routeOf(words: readonly string[]): { nexthops: object[] } {
  const typed = TYPES.has(words[0]!)
  const after = (word: string) => valueAfter(words, word)
  return {
    ...(typed && { type: words[0] }),
    dst: words[typed ? 1 : 0],
    ...hopOf(words),
    table: after('table'),
    prefsrc: after('src'),
    pref: after('pref'),
    nexthops: []
  } as { nexthops: object[] }
}

function hopOf(words: readonly string[]): object {
  const via = words.indexOf('via')
  const family = via !== -1 && /^inet6?$/.test(words[via + 1] ?? '')
  return {
    gateway: via === -1 ? undefined : words[via + (family ? 2 : 1)],
    dev: valueAfter(words, 'dev'),
    flags: words.filter((word) => word === 'dead' || word === 'linkdown' || word === 'onlink')
  }
}

function valueAfter(words: readonly string[], word: string): string | undefined {
  const at = words.indexOf(word)
  return at === -1 ? undefined : words[at + 1]
}
