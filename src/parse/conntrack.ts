import type { ConnectionFact } from './facts.ts'
import type { Problem } from './iptables/rule.ts'
import { boundedLinesOf, problemAt } from './sockets/lines.ts'

/** conntrack-tools and nf_conntrack_standalone.c: `[ipv4 2] tcp 6 [431999] [ESTABLISHED] src=… … src=… …`; `[…]` are flags. */
const HEAD = /^(?:(ipv[46])\s+\d+\s+)?(\S+)\s+(\d+)(?:\s+\d+)?(?:\s+([A-Z][A-Z0-9_]*))?\s+(src=.*)$/s

/** Reads `conntrack -L` (also with `-o extended`) and /proc/net/nf_conntrack. Seconds left and counters are left out: they change always. */
export function readConntrack(text: string): { connections: ConnectionFact[]; problems: Problem[] } {
  const connections: ConnectionFact[] = []
  const problems: Problem[] = []
  for (const line of boundedLinesOf(text, problems)) {
    if (line.text.trim() === '') continue
    const connection = readConnection(line.text)
    if (connection === undefined) problems.push(problemAt(line, 'is no connection as conntrack lists them'))
    else connections.push(connection)
  }
  return { connections, problems }
}

function readConnection(text: string): ConnectionFact | undefined {
  const [, family, name = '', number = '', state = '', rest = ''] = HEAD.exec(text) ?? []
  const fields = [...rest.matchAll(/(?:^|\s)([a-z-]+)=(\S+)/g)].map(([, field, value]) => [field!, value!] as const)
  const second = fields.findIndex(([field], index) => field === 'src' && index > 0)
  if (second < 0) return undefined
  const [original, reply] = [new Map(fields.slice(0, second)), new Map(fields.slice(second))]
  const [source, destination, replySource, replyDestination] = [
    original.get('src'),
    original.get('dst'),
    reply.get('src'),
    reply.get('dst')
  ]
  if (source === undefined || destination === undefined || replySource === undefined || replyDestination === undefined)
    return undefined
  return {
    family: family === 'ipv4' || family === 'ipv6' ? family : source.includes(':') ? 'ipv6' : 'ipv4',
    protocol: name === 'unknown' ? number : name.toUpperCase(),
    state,
    source,
    sourcePort: integer(original.get('sport')),
    destination,
    destinationPort: integer(original.get('dport')),
    replySource,
    replySourcePort: integer(reply.get('sport')),
    replyDestination,
    replyDestinationPort: integer(reply.get('dport')),
    replied: !rest.includes('[UNREPLIED]'),
    assured: rest.includes('[ASSURED]'),
    mark: integer(reply.get('mark')),
    zone: integer(new Map(fields).get('zone'))
  }
}

function integer(text: string | undefined): number | null {
  return text === undefined || !/^\d+$/.test(text) ? null : Number(text)
}
