/** The table of a chain by its name, where only one table has it; of a rule by its target. Source: kube-proxy, kubelet and portmap. */
export function tableOf(chain: string, text = ''): string | null {
  if (NAT_CHAIN.test(chain) || NAT_TARGET.test(text)) return 'nat'
  if (FILTER_CHAIN.test(chain)) return 'filter'
  if (chain === 'KUBE-SERVICES' || chain === 'KUBE-NODEPORTS')
    return /-j (?:REJECT|DROP|ACCEPT)\b/.test(text) ? 'filter' : text === '' ? null : 'nat'
  if (/^(?:INPUT|FORWARD|OUTPUT)$/.test(chain) && FILTER_TARGET.test(text)) return 'filter'
  return null
}

const NAT_CHAIN = /^(?:KUBE-(?:SVC|SEP|FW|XLB|EXT|SVL)-|KUBE-MARK-|KUBE-POSTROUTING$|POSTROUTING$|CNI-(?:HOSTPORT|DN)-)/
const NAT_TARGET =
  /(?:^| )-j (?:DNAT|SNAT|MASQUERADE|REDIRECT|NETMAP|KUBE-(?:SVC|SEP|FW|XLB|EXT|SVL)-\S+|KUBE-MARK-\w+|KUBE-POSTROUTING|KUBE-NODEPORTS|CNI-(?:HOSTPORT|DN)-\S+)(?: |$)/
const FILTER_CHAIN = /^(?:KUBE-(?:FORWARD|FIREWALL|EXTERNAL-SERVICES|PROXY-FIREWALL)$|DOCKER-(?:USER$|ISOLATION-))/
const FILTER_TARGET =
  /(?:^| )-j (?:REJECT|ACCEPT|DROP|KUBE-(?:FORWARD|FIREWALL|EXTERNAL-SERVICES|PROXY-FIREWALL))(?: |$)/

/** The table of a list of one table's chains, by the chains and rules that tell; null where none does, or they disagree. */
export function tableOfList(
  chains: readonly { readonly name: string; readonly texts: readonly string[] }[]
): string | null {
  const names = new Set(chains.map(({ name }) => name))
  if (names.has('PREROUTING') && names.has('FORWARD')) return 'mangle'
  const told = new Set(
    chains
      .flatMap(({ name, texts }) => [tableOf(name), ...texts.map((text) => tableOf(name, text))])
      .filter((table) => table !== null)
  )
  if (told.size === 1) return [...told][0]!
  if (
    told.size === 0 &&
    names.has('PREROUTING') &&
    chains.some(({ texts }) => texts.some((text) => / -j KUBE-SERVICES|^-j KUBE-SERVICES/.test(text)))
  )
    return 'nat'
  if (told.size === 0 && names.has('FORWARD')) return 'filter'
  return null
}
