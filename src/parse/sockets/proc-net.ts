import type { Protocol } from '../facts.ts'
import type { Problem } from '../iptables/rule.ts'
import { boundedLinesOf, problemAt } from './lines.ts'
import { canonicalAddress, type SocketFact, type Sockets, sentences } from './socket.ts'

/** Kernel include/net/tcp_states.h. An unconnected UDP socket stands in state CLOSE. */
const LISTEN = '0A'
const CLOSE = '07'

const ROW = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2})\s/

/**
 * Reads /proc/net/tcp, tcp6, udp and udp6, one or several after another.
 *
 * Addresses are 32-bit words in the machine's byte order; little-endian is assumed (every architecture
 * Kubernetes is released for but s390x). The header tells UDP (`drops`) from TCP.
 * A protocol counts as listed only where its IPv4 and IPv6 file both stand in the text.
 */
export function readProcNet(text: string): Sockets {
  const listeners: SocketFact[] = []
  const problems: Problem[] = []
  const files = new Set<string>()
  let header: Protocol | null = null
  for (const line of boundedLinesOf(text, problems)) {
    const row = ROW.exec(line.text)
    if (/^\s*sl\s+local_address\s/.test(line.text)) {
      header = /\bdrops\b/.test(line.text) ? 'UDP' : 'TCP'
      files.add(`${header}${/\sremote_address\s/.test(line.text) ? 6 : 4}`)
    } else if (row !== null) {
      const [, address = '', port = '', state = ''] = row
      // Without a header the state decides: TCP sockets in CLOSE are never listed, UDP sockets never LISTEN.
      const protocol = header ?? (state === CLOSE ? 'UDP' : 'TCP')
      if (state === (protocol === 'UDP' ? CLOSE : LISTEN)) listeners.push(listener(protocol, address, port))
    } else if (line.text.trim() !== '') {
      problems.push(problemAt(line, sentences.foreign))
    }
  }
  if (text.trim() === '') problems.push(problemAt({ text: '', line: 1, offset: 0 }, sentences.empty))
  return { listeners, protocols: listed(files), problems }
}

function listed(files: ReadonlySet<string>): Protocol[] {
  return (['TCP', 'UDP'] as const).filter((protocol) => files.has(`${protocol}4`) && files.has(`${protocol}6`))
}

function listener(protocol: Protocol, hex: string, port: string): SocketFact {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse())
  const address =
    bytes.length === 4
      ? bytes.map((byte) => parseInt(byte, 16)).join('.')
      : bytes.map((byte, index) => (index > 0 && index % 2 === 0 ? `:${byte}` : byte)).join('')
  return {
    protocol,
    address: canonicalAddress(address) ?? address,
    port: parseInt(port, 16),
    process: null,
    ipv6Only: null,
    interface: null
  }
}
