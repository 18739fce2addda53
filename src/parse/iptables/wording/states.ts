import { compileWordings } from './pattern.ts'

const HASHLIMIT = [
  '[ burst <--hashlimit-burst>][ mode <--hashlimit-mode:dashes>]',
  '[ htable-size <--hashlimit-htable-size>][ htable-max <--hashlimit-htable-max>]',
  '[ htable-gcinterval <--hashlimit-htable-gcinterval>][ htable-expire <--hashlimit-htable-expire>]',
  '[ srcmask <--hashlimit-srcmask>][ dstmask <--hashlimit-dstmask>]',
  '[ rate-match<--hashlimit-rate-match:flag>][ rate-interval <--hashlimit-rate-interval>]'
].join('')

/** Matches on what the kernel knows about the packet besides its bytes: connection, mark, rate, socket, route. */
export const stateWordings = compileWordings(`
conntrack | <!>ctstate <--ctstate>
conntrack | <!>ctproto <--ctproto>
conntrack | <!>ctorigsrc <--ctorigsrc>
conntrack | <!>ctorigdst <--ctorigdst>
conntrack | <!>ctreplsrc <--ctreplsrc>
conntrack | <!>ctrepldst <--ctrepldst>
conntrack | <!>ctorigsrcport <--ctorigsrcport>
conntrack | <!>ctorigdstport <--ctorigdstport>
conntrack | <!>ctreplsrcport <--ctreplsrcport>
conntrack | <!>ctrepldstport <--ctrepldstport>
conntrack | <!>ctstatus <--ctstatus>
conntrack | <!>ctexpire <--ctexpire>
conntrack | ctdir <--ctdir>
state | <!>state <--state>
mark | (?:mark|MARK) match <!--mark>
connmark | (?:connmark|CONNMARK) match <!--mark>
connbytes | <!>connbytes <--connbytes:range> connbytes mode <--connbytes-mode> connbytes direction <--connbytes-dir>
connlabel | connlabel <!--label:label>[ set<--set:flag>]
connlimit | #conn <--connlimit-above:connlimit>
helper | helper match <!--helper:raw>
limit | limit: avg <--limit> burst <--limit-burst:limitburst>
hashlimit~ | limit: above <--hashlimit-above>${HASHLIMIT}
hashlimit~ | limit: up to <--hashlimit-upto>${HASHLIMIT}
quota~ | quota: <--quota:number> bytes
recent | <!>recent: <--recent:recent>[ seconds: <--seconds:number>][ reap<--reap:flag>][ hit_count: <--hitcount:number>][ TTL-Match<--rttl:flag>] name: <--name:text> side: <--side:side>
statistic | statistic mode <--mode:mode>[ <!>probability <--probability>][ <!>every <--every:number>][ packet <--packet:number>]
rateest | rateest match <--rateest:rateest>
set | <!>match-set <--match-set:pair>[ return-nomatch<--return-nomatch:flag>][ <!>update-counters<--update-counters:flag>][ <!>update-subcounters<--update-subcounters:flag>][ <!>packets-eq <--packets-eq:number>][ packets-lt <--packets-lt:number>][ packets-gt <--packets-gt:number>][ <!>bytes-eq <--bytes-eq:number>][ bytes-lt <--bytes-lt:number>][ bytes-gt <--bytes-gt:number>]
nfacct | nfacct-name <--nfacct-name:string>
cpu | cpu <!--cpu:number>
cgroup | cgroup <!--cgroup:cgroup>
cluster | cluster <!>node_mask=<--cluster-local-nodemask> total_nodes=<--cluster-total-nodes:number> hash_seed=<--cluster-hash-seed>
devgroup | <!>src-group <--src-group>[ <!>dst-group <--dst-group>]
devgroup | <!>dst-group <--dst-group>
ipvs | <!>ipvs<--ipvs:flag>
ipvs | <!>vproto <--vproto>
ipvs | <!>vaddr <--vaddr>
ipvs | <!>vport <--vport>
ipvs | vdir <--vdir>
ipvs | <!>vmethod <--vmethod>
ipvs | <!>vportctl <--vportctl>
rpfilter | rpfilter[ loose<--loose:flag>][ validmark<--validmark:flag>][ accept-local<--accept-local:flag>][ invert<--invert:flag>]
socket | socket[ --transparent<--transparent:flag>][ --nowildcard<--nowildcard:flag>][ --restore-skmark<--restore-skmark:flag>]
owner | <!>owner socket exists<--socket-exists:flag>
owner | <!>owner UID match <--uid-owner>
owner | <!>owner GID match <--gid-owner>[ incl\\. suppl\\. groups<--suppl-groups:flag>]
policy | policy match <--dir:policy>
realm | <!>realm <--realm>
`)

/** Listings print these modules' options one by one; neighbours belong to one match. */
export const severalWordings: ReadonlySet<string> = new Set(['conntrack', 'owner', 'ipvs'])
