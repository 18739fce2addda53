import { compileWordings } from './pattern.ts'

/** Matches on the headers of a protocol. Ports without -n are services' names. */
export const protocolWordings = compileWordings(`
tcp | tcp[ spts?:<!--sport:port>][ dpts?:<!--dport:port>][ option=<!--tcp-option:number>][\\s*flags:\\s*<!--tcp-flags:tcpflags>]
udp | udp[ spts?:<!--sport:port>][ dpts?:<!--dport:port>]
udplite | udplite[ spts?:<!--sport:port>][ dpts?:<!--dport:port>]
sctp | sctp[ spts?:<!--sport:port>][ dpts?:<!--dport:port>][ <!--chunk-types:chunks>]
dccp | dccp[ spts?:<!--sport:port>][ dpts?:<!--dport:port>][ <!--dccp-types:dccptypes>][ option=<!--dccp-option:number>]
icmp | <!>icmptype <--icmp-type:icmp>
icmp | icmp <!>type <--icmp-type:icmp>
icmp6 | <!>ipv6-icmptype <--icmpv6-type:icmp6>
icmp6 | ipv6-icmp <!>type <--icmpv6-type:icmp6>
ah | ah[ spis?:<!--ahspi:range>][ length:<!--ahlen:number>][ reserved<--ahres:flag>]
esp | esp[ spis?:<!--espspi:range>]
ipcomp | comp[ spis?:<!--ipcompspi:range>][ reserved<--compres:flag>]
mh | mh[ <!--mh-type:range>]
dst | dst[ length:<!--dst-len:number>][ opts <--dst-opts>]
hbh | hbh[ length:<!--hbh-len:number>][ opts <--hbh-opts>]
frag | frag[ ids?:<!--fragid:range>][ length:<!--fraglen:number>][ reserved<--fragres:flag>][ first<--fragfirst:flag>][ more<--fragmore:flag>][ last<--fraglast:flag>]
rt | rt[ type:<!--rt-type:number>][ segslefts?:<!--rt-segsleft:range>][ length:<!--rt-len:number>][ reserved<--rt-0-res:flag>][ 0-addrs <--rt-0-addrs>][ 0-not-strict<--rt-0-not-strict:flag>]
srh | srh[ next-hdr:<!--srh-next-hdr:number>][ hdr-len-eq:<!--srh-hdr-len-eq:number>][ hdr-len-gt:<!--srh-hdr-len-gt:number>][ hdr-len-lt:<!--srh-hdr-len-lt:number>][ segs-left-eq:<!--srh-segs-left-eq:number>][ segs-left-gt:<!--srh-segs-left-gt:number>][ segs-left-lt:<!--srh-segs-left-lt:number>][ last-entry-eq:<!--srh-last-entry-eq:number>][ last-entry-gt:<!--srh-last-entry-gt:number>][ last-entry-lt:<!--srh-last-entry-lt:number>][ tag:<!--srh-tag:number>][ psid <!--srh-psid>][ nsid <!--srh-nsid>][ lsid <!--srh-lsid>]
ipv6header | ipv6header flags:<!--header:ipv6headers>[ soft<--soft:flag>]
eui64 | eui64
multiport | multiport sports <!--sports>
multiport | multiport dports <!--dports>
multiport | multiport ports <!--ports>
tcpmss | tcpmss match <!--mss:range>
ttl | TTL match TTL (?:==|<!>=) <--ttl-eq:number>
ttl | TTL match TTL < <--ttl-lt:number>
ttl | TTL match TTL > <--ttl-gt:number>
hl | HL match HL (?:==|<!>=) <--hl-eq:number>
hl | HL match HL < <--hl-lt:number>
hl | HL match HL > <--hl-gt:number>
ecn | ECN match[ <!>ECE<--ecn-tcp-ece:flag>][ <!>CWR<--ecn-tcp-cwr:flag>][ <!>ECT=<--ecn-ip-ect:number>]
dscp | DSCP match <!--dscp>
tos | (?:tos|TOS) match\\s*<!--tos>
`)
