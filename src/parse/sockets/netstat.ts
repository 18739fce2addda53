import type { Protocol } from '../facts.ts'
import type { Problem } from '../iptables/rule.ts'
import { boundedLinesOf, type Line, problemAt } from './lines.ts'
import { canonicalAddress, readPort, type SocketFact, type Sockets, sentences, splitAtPort } from './socket.ts'

const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map(
  Object.entries<Protocol>({
    tcp: 'TCP',
    tcp6: 'TCP',
    udp: 'UDP',
    udp6: 'UDP',
    sctp: 'SCTP',
    sctp6: 'SCTP'
  })
)

/** `tcp6 0 0 :::8087 :::* ` and the rest: state, user, inode, process. */
const ROW = /^([a-z]+6?)\s+\d+\s+\d+\s+(\S+)\s+(\S+)(.*)$/s

const OTHER_SOCKETS = /^(raw6?|icmp6?|udplite?6?|udpl6?|unix)\s/

const HEADERS =
  /^(Proto\s+Recv-Q\s|Active (Internet|UNIX) |Proto\s+RefCnt\s|\(Not all processes could be identified|\s*will not be shown, you would have to be root|netstat: (can't scan|showing only processes))/

/** The two ends are cut or padded to this width unless -W is given (net-tools netstat.c, busybox netstat.c). */
const COLUMN = 23

/** Reads `netstat -tulpen` of net-tools and of busybox, filtered by grep or not. */
export function readNetstat(text: string): Sockets {
  const listeners: SocketFact[] = []
  const problems: Problem[] = []
  const wide = [...text.matchAll(/^[a-z]+6?[ \t]+\d+[ \t]+\d+[ \t]+(\S+)/gm)].some(
    ([, local = '']) => local.length > COLUMN
  )
  let unix = false
  for (const line of boundedLinesOf(text, problems)) {
    if (/^Active /.test(line.text)) unix = line.text.startsWith('Active UNIX')
    if (unix || line.text.trim() === '' || HEADERS.test(line.text) || OTHER_SOCKETS.test(line.text)) continue
    readRow(line, wide, listeners, problems)
  }
  if (text.trim() === '') problems.push(problemAt({ text: '', line: 1, offset: 0 }, sentences.empty))
  return { listeners, protocols: null, problems }
}

function readRow(line: Line, wide: boolean, listeners: SocketFact[], problems: Problem[]): void {
  const [, name = '', local = '', foreign = '', rest = ''] = ROW.exec(line.text) ?? []
  const protocol = PROTOCOLS.get(name)
  if (protocol === undefined) {
    problems.push(problemAt(line, sentences.foreign))
  } else if (listens(protocol, foreign, rest)) {
    const socket = readLocal(local, wide)
    if (typeof socket === 'string') problems.push(problemAt(line, socket))
    else listeners.push({ protocol, ...socket, process: readProcess(rest), ipv6Only: null, interface: null })
  }
}

/** An unconnected UDP socket has no state and no far end. */
function listens(protocol: Protocol, foreign: string, rest: string): boolean {
  const state = /^\s*([A-Z][A-Z_0-9]+)\b/.exec(rest)?.[1]
  return protocol === 'UDP' ? state === undefined && foreign.endsWith(':*') : state === 'LISTEN'
}

function readLocal(local: string, wide: boolean): { address: string; port: number } | string {
  if (local.length === COLUMN && !wide) return `'${local}' fills its column and may be cut; list sockets with -W`
  const { host, port: portText } = splitAtPort(local)
  const port = readPort(portText)
  if (port === null) return sentences.port(portText)
  const address = canonicalAddress(host === '*' ? '0.0.0.0' : host)
  return address === null ? sentences.address(host) : { address, port }
}

/** `1/traefik` → `traefik`; net-tools may cut a name and keeps its blanks (`812/nginx: master p`). */
function readProcess(rest: string): string | null {
  return /(?:^|\s)\d+\/(\S.*)$/s.exec(rest.trimEnd())?.[1] ?? null
}
