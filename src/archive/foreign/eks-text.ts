/** Files of the EKS log collection that hold more than one program's output, brought into what snap collects. */

/** `ipset --list` and after it `ipset --save`, where the kernel has IPVS; else a sentence. */
export function savedSets(text: string): string {
  return linesLike(text, /^(?:create|add) /)
}

/** The list after `conntrack -S`; its lines alone begin with a protocol, its number and the seconds left. */
export function listedConnections(text: string): string {
  return linesLike(text, /^\w+ +\d+ +\d+ .*src=/)
}

const SETTINGS = new RegExp(
  `^net/(?:${[
    'ipv4/(?:ip_forward|ip_nonlocal_bind|ip_local_port_range)',
    'ipv4/vs/(?:conntrack|conn_reuse_mode|expire_nodest_conn)',
    'bridge/bridge-nf-call-ip6?tables',
    'netfilter/nf_conntrack_\\w+',
    'ipv4/conf/[^/]+/(?:rp_filter|route_localnet|forwarding|arp_ignore|arp_announce)',
    'ipv6/conf/[^/]+/(?:forwarding|disable_ipv6)'
  ].join('|')})$`
)

/** `net.ipv4.ip_forward = 1` of `sysctl --all`, as `grep -H ''` would print the files that snap reads. */
export function sysctlFiles(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const [, name = '', value = ''] = /^(\S+) = (.*)$/.exec(line) ?? []
      const path = name.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'))
      return SETTINGS.test(path) ? [`${path.slice('net/'.length)}:${value}\n`] : []
    })
    .join('')
}

function linesLike(text: string, pattern: RegExp): string {
  return text
    .split('\n')
    .filter((line) => pattern.test(line))
    .map((line) => `${line}\n`)
    .join('')
}
