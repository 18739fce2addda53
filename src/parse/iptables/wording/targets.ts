import { compileWordings, type Wording } from './pattern.ts'

/** What stands at the end of a row, by the target that the row names. */
const TARGETS = compileWordings(`
AUDIT | AUDIT <--type>
CHECKSUM | CHECKSUM fill<--checksum-fill:flag>
CLASSIFY | CLASSIFY set <--set-class:class>
CLUSTERIP | CLUSTERIP hashmode=<--hashmode> clustermac=<--clustermac> total_nodes=<--total-nodes> local_node=<--local-node> hash_init=<--hash-init>
CONNMARK | CONNMARK <--save-mark:connmark>
CONNMARK | CONNMARK <--set-xmark:mark>
CONNSECMARK | CONNSECMARK save<--save:flag>
CONNSECMARK | CONNSECMARK restore<--restore:flag>
CT | CT[ notrack<--notrack:flag>][ helper <--helper>][ timeout <--timeout>][ ctevents <--ctevents>][ expevents <--expevents>][ zone <--zone>][ zone-orig <--zone-orig>][ zone-reply <--zone-reply>]
DNAT | to:<--to-destination>(?: to:<--to-destination>)?[ random<--random:flag>][ random-fully<--random-fully:flag>][ persistent<--persistent:flag>]
DNPT | DNPT src-pfx <--src-pfx> dst-pfx <--dst-pfx>
DSCP | DSCP set <--set-dscp>
ECN | ECN TCP remove<--ecn-tcp-remove:flag>
HL | HL set to <--hl-set:number>
HL | HL decrement by <--hl-dec:number>
HL | HL increment by <--hl-inc:number>
HMARK | HMARK <--hmark-mod:hmark>
IDLETIMER | timeout:<--timeout:number> label:<--label:text>[ alarm<--alarm:flag>]
LED | led-trigger-id:<--led-trigger-id:quoted>[ led-delay:<--led-delay:delay>][ led-always-blink<--led-always-blink:flag>]
LOG | LOG <--log-prefix:log>
MARK | MARK <--set-xmark:mark>
MASQUERADE | masq ports: <--to-ports>[ random<--random:flag>][ random-fully<--random-fully:flag>]
MASQUERADE | random<--random:flag>[ random-fully<--random-fully:flag>]
MASQUERADE | random-fully<--random-fully:flag>
NETMAP | to:<--to>
NFLOG | nflog-prefix <--nflog-prefix:string>[ nflog-group <--nflog-group>][ nflog-size <--nflog-size>][ nflog-range <--nflog-range>][ nflog-threshold <--nflog-threshold>]
NFLOG | nflog-group <--nflog-group>[ nflog-size <--nflog-size>][ nflog-range <--nflog-range>][ nflog-threshold <--nflog-threshold>]
NFLOG | nflog-size <--nflog-size>[ nflog-threshold <--nflog-threshold>]
NFLOG | nflog-range <--nflog-range>[ nflog-threshold <--nflog-threshold>]
NFLOG | nflog-threshold <--nflog-threshold>
NFQUEUE | NFQUEUE num <--queue-num>[ bypass<--queue-bypass:flag>][ cpu-fanout<--queue-cpu-fanout:flag>]
NFQUEUE | NFQUEUE balance <--queue-balance>[ bypass<--queue-bypass:flag>][ cpu-fanout<--queue-cpu-fanout:flag>]
RATEEST | name <--rateest-name:text> interval <--rateest-interval> ewmalog <--rateest-ewmalog>
REDIRECT | redir ports <--to-ports>[ random<--random:flag>][ random-fully<--random-fully:flag>]
REDIRECT | random<--random:flag>[ random-fully<--random-fully:flag>]
REDIRECT | random-fully<--random-fully:flag>
REJECT | reject-with <--reject-with>
SECMARK | SECMARK selctx <--selctx>
SET | add-set <--add-set:pair>[ exist<--exist:flag>][ timeout <--timeout>]
SET | del-set <--del-set:pair>
SET | map-set <--map-set:pair>[ map-mark<--map-mark:flag>][ map-prio<--map-prio:flag>][ map-queue<--map-queue:flag>]
SNAT | to:<--to-source>(?: to:<--to-source>)?[ random<--random:flag>][ random-fully<--random-fully:flag>][ persistent<--persistent:flag>]
SNPT | SNPT src-pfx <--src-pfx> dst-pfx <--dst-pfx>
SYNPROXY | SYNPROXY[ sack-perm<--sack-perm:flag>][ timestamp<--timestamp:flag>][ wscale <--wscale:number>][ mss <--mss:number>][ ecn<--ecn:flag>]
TCPMSS | TCPMSS clamp to PMTU<--clamp-mss-to-pmtu:flag>
TCPMSS | TCPMSS set <--set-mss>
TCPOPTSTRIP | TCPOPTSTRIP options <--strip-options>
TEE | TEE gw:<--gateway>[ oif=<--oif>]
TOS | TOS <--set-tos:tosmark>
TPROXY | TPROXY redirect <--on-port:redirect> mark <--tproxy-mark>
TTL | TTL set to <--ttl-set:number>
TTL | TTL decrement by <--ttl-dec:number>
TTL | TTL increment by <--ttl-inc:number>
ULOG | ULOG copy_range <--ulog-cprange:number> nlgroup <--ulog-nlgroup:number> prefix <--ulog-prefix:backticked>[ queue_threshold <--ulog-qthreshold:number>]
ULOG | ULOG copy_range <--ulog-cprange:number> nlgroup <--ulog-nlgroup:number>[ prefix <--ulog-prefix:raw>][ queue_threshold <--ulog-qthreshold:number>]
`)

/** Target → its wordings. */
export const targetWordings: ReadonlyMap<string, readonly Wording[]> = new Map(
  [...new Set(TARGETS.map(({ module }) => module))].map((module) => [
    module,
    TARGETS.filter((wording) => wording.module === module)
  ])
)

/** Targets that always have an option: a row without it does not tell the whole. */
export const optionRequired: ReadonlySet<string> = new Set([
  'CLASSIFY',
  'CONNMARK',
  'CONNSECMARK',
  'DNAT',
  'DNPT',
  'DSCP',
  'HL',
  'HMARK',
  'IDLETIMER',
  'MARK',
  'NETMAP',
  'RATEEST',
  'REJECT',
  'SET',
  'SNAT',
  'SNPT',
  'TCPMSS',
  'TEE',
  'TOS',
  'TPROXY',
  'TTL'
])
