/** How iptables-save writes an option's value. */
export type Quoting =
  /** A word without blanks. */
  | 'word'
  /** A user's string as it is, unquoted, even with blanks and quotes in it: it cannot be restored, only recovered. */
  | 'raw'
  /** xtables_save_string: bare when of letters, digits, `_`, `-` only; else in quotes with `"`, `\` and `'` escaped. */
  | 'string'
  /** Always in quotes, `"` and `\` escaped. */
  | 'quoted'
  /** Always in quotes, nothing escaped. */
  | 'verbatim'

/** One option of one module: how many words follow it, and how they are written. */
export interface OptionForm {
  /** As iptables-save prints it. */
  readonly name: string
  readonly words: 0 | 1 | 2
  /** Set when the word may be left out (getopt's optional_argument). */
  readonly optional?: true
  readonly quoting: Quoting
}

/**
 * `--name` takes one word; `:0`, `:2`, `:?` (none or one) say otherwise, and a quoting after the colon how that word is
 * written. `--printed|--typed` are two names of one option. Arity measured with iptables 1.8.7 to 1.8.13.
 */
const MATCHES = `
addrtype --src-type --dst-type --limit-iface-in:0 --limit-iface-out:0
ah --ahspi --ahlen --ahres:0
bpf --bytecode:verbatim --object-pinned:raw
cgroup --cgroup --path:string
cluster --cluster-total-nodes --cluster-local-node --cluster-local-nodemask --cluster-hash-seed
comment --comment:string
connbytes --connbytes --connbytes-dir --connbytes-mode
connlabel --label:verbatim --set:0
connlimit --connlimit-upto --connlimit-above --connlimit-mask --connlimit-saddr:0 --connlimit-daddr:0
connmark --mark
conntrack --ctstate --ctproto --ctorigsrc --ctorigdst --ctreplsrc --ctrepldst --ctorigsrcport --ctorigdstport
conntrack --ctreplsrcport --ctrepldstport --ctstatus --ctexpire --ctdir
cpu --cpu
dccp --sport|--source-port --dport|--destination-port --dccp-types --dccp-option
devgroup --src-group --dst-group
dscp --dscp --dscp-class
dst --dst-len --dst-opts --dst-not-strict:0
ecn --ecn-tcp-cwr:0 --ecn-tcp-ece:0 --ecn-ip-ect
esp --espspi
eui64
frag --fragid --fraglen --fragres:0 --fragfirst:0 --fragmore:0 --fraglast:0
hashlimit --hashlimit-upto|--hashlimit --hashlimit-above --hashlimit-burst --hashlimit-mode --hashlimit-srcmask
hashlimit --hashlimit-dstmask --hashlimit-name:raw --hashlimit-htable-size --hashlimit-htable-max
hashlimit --hashlimit-htable-gcinterval --hashlimit-htable-expire --hashlimit-rate-match:0 --hashlimit-rate-interval
hbh --hbh-len --hbh-opts --hbh-not-strict:0
helper --helper:string
hl --hl-eq --hl-lt --hl-gt
icmp --icmp-type
icmp6 --icmpv6-type
ipcomp --ipcompspi --compres:0
iprange --src-range --dst-range
ipv6header --header --soft:0
ipvs --ipvs:0 --vproto --vaddr --vport --vdir --vmethod --vportctl
length --length
limit --limit --limit-burst
mac --mac-source
mark --mark
mh --mh-type
multiport --sports|--source-ports --dports|--destination-ports --ports
nfacct --nfacct-name:string
osf --genre --ttl --log
owner --uid-owner --gid-owner --socket-exists:0 --suppl-groups:0
physdev --physdev-in:raw --physdev-out:raw --physdev-is-in:0 --physdev-is-out:0 --physdev-is-bridged:0
pkttype --pkt-type
policy --dir --pol --strict:0 --reqid --spi --proto --mode --tunnel-src --tunnel-dst --next:0
quota --quota
rateest --rateest:raw --rateest1:raw --rateest2:raw --rateest-delta:0 --rateest-bps:? --rateest-pps:? --rateest-bps1:?
rateest --rateest-pps1:? --rateest-bps2:? --rateest-pps2:? --rateest-lt:0 --rateest-gt:0 --rateest-eq:0
realm --realm
recent --set:0 --rcheck:0 --update:0 --remove:0 --seconds --reap:0 --hitcount --rttl:0 --name:raw --mask --rsource:0 --rdest:0
rpfilter --loose:0 --validmark:0 --accept-local:0 --invert:0
rt --rt-type --rt-segsleft --rt-len --rt-0-res:0 --rt-0-addrs --rt-0-not-strict:0
sctp --sport|--source-port --dport|--destination-port --chunk-types:2
set --match-set|--set:2 --return-nomatch:0 --update-counters:0 --update-subcounters:0
set --packets-eq --packets-lt --packets-gt --bytes-eq --bytes-lt --bytes-gt
socket --transparent:0 --nowildcard:0 --restore-skmark:0
srh --srh-next-hdr --srh-hdr-len-eq --srh-hdr-len-gt --srh-hdr-len-lt --srh-segs-left-eq --srh-segs-left-gt
srh --srh-segs-left-lt --srh-last-entry-eq --srh-last-entry-gt --srh-last-entry-lt --srh-tag --srh-psid --srh-nsid --srh-lsid
state --state
statistic --mode --probability --every --packet
string --string:quoted --hex-string:quoted --algo --from --to --icase:0
tcp --sport|--source-port --dport|--destination-port --tcp-flags:2 --tcp-option --syn:0
tcpmss --mss
time --timestart --timestop --datestart --datestop --monthdays --weekdays --utc:0 --localtz:0 --kerneltz:0 --contiguous:0
tos --tos
ttl --ttl-eq --ttl-lt --ttl-gt
u32 --u32:verbatim
udp --sport|--source-port --dport|--destination-port
udplite --sport|--source-port --dport|--destination-port
unclean
`

const TARGETS = `
ACCEPT
AUDIT --type
CHECKSUM --checksum-fill:0
CLASSIFY --set-class
CLUSTERIP --new:0 --hashmode --clustermac --total-nodes --local-node --hash-init
CONNMARK --set-xmark --save-mark:0 --restore-mark:0 --nfmask --ctmask --mask --set-mark --and-mark --or-mark --xor-mark
CONNMARK --left-shift-mark --right-shift-mark
CONNSECMARK --save:0 --restore:0
CT --notrack:0 --helper:raw --timeout:raw --ctevents --expevents --zone --zone-orig --zone-reply
DNAT --to-destination --random:0 --random-fully:0 --persistent:0
DNPT --src-pfx --dst-pfx
DROP
DSCP --set-dscp --set-dscp-class
ECN --ecn-tcp-remove:0 --ecn-tcp-cwr --ecn-tcp-ece --ecn-ip-ect
HL --hl-set --hl-dec --hl-inc
HMARK --hmark-tuple --hmark-mod --hmark-offset --hmark-rnd --hmark-src-prefix --hmark-dst-prefix --hmark-sport-mask
HMARK --hmark-dport-mask --hmark-spi-mask --hmark-sport --hmark-dport --hmark-spi --hmark-proto-mask
IDLETIMER --timeout --label:raw --alarm:0
LED --led-trigger-id:quoted --led-delay --led-always-blink:0
LOG --log-prefix:string --log-level --log-tcp-sequence:0 --log-tcp-options:0 --log-ip-options:0 --log-uid:0 --log-macdecode:0
MARK --set-xmark --set-mark --and-mark --or-mark --xor-mark
MASQUERADE --to-ports --random:0 --random-fully:0
NETMAP --to
NFLOG --nflog-prefix:string --nflog-group --nflog-range --nflog-size --nflog-threshold
NFQUEUE --queue-num --queue-balance --queue-bypass:0 --queue-cpu-fanout:0
NOTRACK
QUEUE
RATEEST --rateest-name:raw --rateest-interval --rateest-ewmalog
REDIRECT --to-ports --random:0 --random-fully:0
REJECT --reject-with
RETURN
SAME --to --nodst:0 --random:0
SECMARK --selctx
SET --add-set:2 --del-set:2 --map-set:2 --exist:0 --timeout --map-mark:0 --map-prio:0 --map-queue:0
SNAT --to-source --random:0 --random-fully:0 --persistent:0
SNPT --src-pfx --dst-pfx
SYNPROXY --sack-perm:0 --timestamp:0 --wscale --mss --ecn:0
TCPMSS --set-mss --clamp-mss-to-pmtu:0
TCPOPTSTRIP --strip-options:?
TEE --gateway --oif:raw
TOS --set-tos --and-tos --or-tos --xor-tos
TPROXY --on-port --on-ip --tproxy-mark
TRACE
TTL --ttl-set --ttl-dec --ttl-inc
ULOG --ulog-prefix:string --ulog-nlgroup --ulog-cprange --ulog-qthreshold
`

export type OptionForms = ReadonlyMap<string, OptionForm>

/** `-m NAME` → its options by every name they have. */
export const matchModules: ReadonlyMap<string, OptionForms> = readTable(MATCHES)

/** The name by which iptables-save prints a match that was asked for as `name` (xtables_find_match, iptables 1.8.9). */
export function matchName(name: string): string {
  return name === 'icmpv6' || name === 'ipv6-icmp' ? 'icmp6' : name
}

/** `-j NAME` of the targets that are no chains → their options. */
export const targetModules: ReadonlyMap<string, OptionForms> = readTable(TARGETS)

/** Without `-m`, iptables loads the protocol's own match when one of its options is used. */
export const protocolModules: ReadonlyMap<string, string> = new Map([
  ...['tcp', 'udp', 'sctp', 'dccp', 'udplite', 'icmp', 'esp', 'ah', 'ipcomp'].map((name) => [name, name] as const),
  ['6', 'tcp'],
  ['17', 'udp'],
  ['132', 'sctp'],
  ['33', 'dccp'],
  ['136', 'udplite'],
  ['1', 'icmp'],
  ['50', 'esp'],
  ['51', 'ah'],
  ['108', 'ipcomp'],
  ['ipv6-icmp', 'icmp6'],
  ['icmpv6', 'icmp6'],
  ['58', 'icmp6'],
  ['mobility-header', 'mh'],
  ['ipv6-mh', 'mh'],
  ['mh', 'mh'],
  ['135', 'mh']
])

function readTable(table: string): Map<string, Map<string, OptionForm>> {
  const modules = new Map<string, Map<string, OptionForm>>()
  for (const row of table.trim().split('\n')) {
    const [module, ...options] = row.split(' ') as [string, ...string[]]
    const forms = modules.get(module) ?? new Map<string, OptionForm>()
    modules.set(module, forms)
    for (const option of options) {
      const [names, suffix = ''] = option.split(':') as [string, string?]
      const form = optionForm(names.split('|')[0]!, suffix)
      for (const name of names.split('|')) forms.set(name, form)
    }
  }
  return modules
}

function optionForm(name: string, suffix: string): OptionForm {
  if (suffix === '0' || suffix === '2') return { name, words: suffix === '0' ? 0 : 2, quoting: 'word' }
  if (suffix === '?') return { name, words: 1, optional: true, quoting: 'word' }
  return { name, words: 1, quoting: (suffix || 'word') as Quoting }
}
