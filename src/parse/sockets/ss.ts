import type { Protocol } from '../facts.ts'
import type { Problem } from '../iptables/rule.ts'
import { boundedLinesOf, type Line, problemAt } from './lines.ts'
import { canonicalAddress, readPort, type SocketFact, type Sockets, sentences, splitAtPort } from './socket.ts'

/** Netid column. Plain TCP reaches an MPTCP socket too. */
const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map(
  Object.entries<Protocol>({ tcp: 'TCP', udp: 'UDP', sctp: 'SCTP', mptcp: 'TCP' })
)

const LISTENING: Record<Protocol, string> = { TCP: 'LISTEN', UDP: 'UNCONN', SCTP: 'LISTEN' }

/** Sockets that are no IP ports: unix, netlink, packet, raw, vsock, tipc, xdp. */
const OTHER_NETIDS = /^(u_(str|dgr|seq)|nl|p_(raw|dgr)|raw|icmp6|v_(str|dgr)|tipc|ti_\w+|xdp|dccp|\?\?\?)$/

const STATE =
  /^(LISTEN|UNCONN|ESTAB|CLOSE-WAIT|CLOSED|CLOSING|TIME-WAIT|FIN-WAIT-[12]|SYN-(SENT|RECV)|LAST-ACK|UNKNOWN)$/

/**
 * Reads `ss -lntup` and its relatives: with or without header, processes and Netid column.
 * Without that column (ss leaves it out when asked for one kind only) LISTEN is read as TCP and UNCONN as UDP.
 *
 * `*` is a `::` socket that takes IPv4 as well, `[::]` one that does not (iproute2 misc/ss.c, inet_addr_print).
 * Before 4.14 ss wrote `:::22` for IPv6 and `*:22` for IPv4: one unbracketed `:::` shows that style.
 */
export function readSs(text: string): Sockets {
  const listeners: SocketFact[] = []
  const problems: Problem[] = []
  const old = /\s:::(\d|\*)/.test(text)
  for (const line of boundedLinesOf(text, problems)) {
    if (isHeader(line.text) || line.text.trim() === '') continue
    if (/^\s/.test(line.text)) continueSocket(line, listeners.at(-1), problems)
    else readRow(line, old, listeners, problems)
  }
  if (text.trim() === '') problems.push(problemAt({ text: '', line: 1, offset: 0 }, sentences.empty))
  return { listeners, protocols: null, problems }
}

function isHeader(text: string): boolean {
  return /^\s*(Netid\s+)?State\s+Recv-Q\s+Send-Q\s/.test(text)
}

/** ss puts what does not fit, and the details of -i, -m, -o, on a line that begins with blanks. */
function continueSocket(line: Line, socket: SocketFact | undefined, problems: Problem[]): void {
  if (socket === undefined) problems.push(problemAt(line, sentences.foreign))
  else socket.process ??= readProcess(line.text)
}

function readRow(line: Line, old: boolean, listeners: SocketFact[], problems: Problem[]): void {
  const words = line.text.split(/\s+/)
  const netid = STATE.test(words[0] ?? '') ? null : (words.shift() ?? '')
  const [state = '', recv = '', send = '', local = ''] = words
  if (netid !== null && OTHER_NETIDS.test(netid)) return
  const protocol = netid === null ? (state === 'UNCONN' ? 'UDP' : 'TCP') : PROTOCOLS.get(netid)
  if (protocol === undefined || !/^\d+ \d+$/.test(`${recv} ${send}`)) {
    problems.push(problemAt(line, sentences.foreign))
  } else if (state === LISTENING[protocol]) {
    const socket = readLocal(local, old)
    if (typeof socket === 'string') problems.push(problemAt(line, socket))
    else listeners.push({ protocol, ...socket, process: readProcess(line.text) })
  }
}

/** The socket's own end, or the sentence that says why it cannot be read. */
function readLocal(
  local: string,
  old: boolean
): Pick<SocketFact, 'address' | 'port' | 'ipv6Only' | 'interface'> | string {
  const { host, port: portText } = splitAtPort(local)
  const port = readPort(portText)
  if (port === null) return sentences.port(portText)
  // `127.0.0.53%lo` and `[fe80::1]%eth0` name the device after the address.
  const [, bracketed, plain = '', device = ''] = /^(?:\[([^\]]*)\]|([^%]*))(?:%(.*))?$/.exec(host) ?? []
  if (plain === '*') {
    return { address: old ? '0.0.0.0' : '::', port, ipv6Only: old ? null : false, interface: device }
  }
  const address = canonicalAddress(bracketed ?? plain)
  if (address === null) return sentences.address(host)
  return { address, port, ipv6Only: address === '::' && !old ? true : null, interface: device }
}

/** The kernel's names have 15 bytes, its own threads' 63; a quote may be one of them. */
const PROCESS = /\("(.{0,63}?)",(?:pid=)?\d+/gs

/** `users:(("etcd",pid=1,fd=7),("sh",pid=2,fd=7))` → `etcd,sh`; pids change at every start and are left out. */
function readProcess(text: string): string | null {
  const users = /\busers:\(/.exec(text)
  if (users === null) return null
  const names = [...text.slice(users.index).matchAll(PROCESS)].map(([, name]) => name)
  return names.length === 0 ? null : [...new Set(names)].join(',')
}
