/** iptables prints no longer row: comments, of 255 bytes each, are the longest of it. */
export const LONGEST_ROW = 4_096

const POLICY = String.raw`policy\s+(\S+)(?:\s+(\d+[KMGT]?)\s+packets,\s+(\d+[KMGT]?)\s+bytes)?`

/** The line that begins a chain: its name, policy, packets, bytes, and words behind it that iptables does not print. */
export const CHAIN = new RegExp(
  String.raw`^\s*Chain\s+(\S+)\s+\((?:${POLICY}|\d+\s+references?|ERROR obtaining refs)\)\s*(\S.*)?$`
)

/** One that is broken, or of a text that only looks like a listing: the rows after it are not those of the chain before. */
export const SOME_CHAIN = /^\s*Chain\s+\S/

export const HEADING = /^\s*(num\s+)?(pkts\s+bytes\s+)?target\s+prot\s+opt\s+(in\s+out\s+)?source\s+destination\s*$/

/** As iptables pads it; `column -t` and web pages space it otherwise. */
export const EXACT_HEADING =
  /^(?:num {2})?(?: pkts bytes | {4}pkts {6}bytes )?target {5}prot opt (?:in {5}out {5})?source {15}destination\s*$/

/** What `service iptables status` of Red Hat prints in front of a table. */
export const TABLE = /^Table: (\S+)\s*$/

/** What nearly every row has, and the end of none. */
const OPT = /\s--\s/

/** Whether a line, where no row can be read from it, may be the end of the row before it: no match is without a letter. */
export function mayEndRow(line: string): boolean {
  return (
    /[a-z]/i.test(line) &&
    !line.startsWith('# ') &&
    ![OPT, CHAIN, SOME_CHAIN, HEADING, TABLE].some((kind) => kind.test(line))
  )
}
