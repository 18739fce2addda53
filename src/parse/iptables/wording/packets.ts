import { compileWordings } from './pattern.ts'

/** Matches on the packet itself, and the comment. */
export const packetWordings = compileWordings(`
comment | \\/\\*\\x20<--comment:text>\\x20?\\*\\/
addrtype | ADDRTYPE match[ src-type <!--src-type>][ dst-type\\s*<!--dst-type>][ limit-in<--limit-iface-in:flag>][ limit-out<--limit-iface-out:flag>]
iprange | source IP range <!--src-range>[ destination IP range <!--dst-range>]
iprange | destination IP range <!--dst-range>
length | length <!--length:range>
mac | MAC\\s*<!--mac-source>
pkttype | PKTTYPE <!>= <--pkt-type>
physdev | PHYSDEV match[ <!>--physdev-is-in<--physdev-is-in:flag>][ <!>--physdev-in <--physdev-in>][ <!>--physdev-is-out<--physdev-is-out:flag>][ <!>--physdev-out <--physdev-out>][ <!>--physdev-is-bridged<--physdev-is-bridged:flag>]
string | STRING match <!--string:string2> ALGO name <--algo>[ FROM <--from:number>][ TO <--to:number>][ ICASE<--icase:flag>]
u32 | u32 <!--u32:raw>
bpf | match bpf <--bytecode:bytecode>\\s*\\0?
bpf | match bpf pinned <--object-pinned>
osf~ | OS fingerprint match <!--genre>
time | TIME[ from <--timestart>][ to <--timestop>]<--monthdays:days>[ starting from <--datestart:date>][ until date <--datestop:date>]<--kerneltz:kerneltz>[ contiguous<--contiguous:flag>]
unclean | unclean
`)
