/**
 * A process alone in its network namespace, told by JSON lines on stdin what to do there: run a program, listen
 * (UDP and TCP), send datagrams, make connections. It ends, and the namespace with it, when stdin closes.
 */
import { execFileSync } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { connect, createServer } from 'node:net'
import { createInterface } from 'node:readline'

export type End = readonly [address: string, port: number]

export interface Probe {
  readonly tag: string
  readonly from: End
  readonly to: End
}

export type Order =
  | {
      readonly id: number
      readonly order: 'run'
      readonly file: string
      readonly args: readonly string[]
      readonly input?: string
    }
  | { readonly id: number; readonly order: 'listen'; readonly at: readonly End[] }
  | { readonly id: number; readonly order: 'send'; readonly probes: readonly Probe[]; readonly waitMs: number }
  | { readonly id: number; readonly order: 'serve'; readonly at: readonly End[] }
  | { readonly id: number; readonly order: 'connect'; readonly probes: readonly Probe[]; readonly waitMs: number }

export type Report =
  | { readonly id: number; readonly done: string }
  | { readonly id: number; readonly failed: string }
  | { readonly arrived: string; readonly at: End; readonly from: End }
  | { readonly refused: string; readonly code: string }

function report(line: Report): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

function socketFor(address: string): Socket {
  return createSocket(address.includes(':') ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' })
}

async function listen([address, port]: End): Promise<void> {
  const socket = socketFor(address)
  socket.on('message', (message, from) =>
    report({ arrived: message.toString(), at: [address, port], from: [from.address, from.port] })
  )
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address, port, exclusive: true }, resolve)
  })
}

/** The socket stays open so that an ICMP error can still reach it. */
function send({ tag, from, to }: Probe): Socket {
  const socket = socketFor(from[0])
  socket.on('error', (error: NodeJS.ErrnoException) => report({ refused: tag, code: error.code ?? error.message }))
  socket.bind({ address: from[0], port: from[1], exclusive: true }, () => {
    socket.connect(to[1], to[0], (error?: NodeJS.ErrnoException | null) => {
      if (error) report({ refused: tag, code: error.code ?? error.message })
      else
        socket.send(
          tag,
          (failure) =>
            failure && report({ refused: tag, code: (failure as NodeJS.ErrnoException).code ?? failure.message })
        )
    })
  })
  return socket
}

/** A TCP server that tells each caller where it arrived and from where. */
async function serve([address, port]: End): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(
      JSON.stringify({ at: [socket.localAddress, socket.localPort], from: [socket.remoteAddress, socket.remotePort] })
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address, port, exclusive: true }, resolve)
  })
}

/** Any source port: `from` gives the address alone. Nothing is reported of a connection that gets no answer in time. */
function call({ tag, from, to }: Probe, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ localAddress: from[0], host: to[0], port: to[1], timeout: waitMs })
    let answer = ''
    socket.on('data', (data) => (answer += data.toString()))
    socket.on('error', (error: NodeJS.ErrnoException) => report({ refused: tag, code: error.code ?? error.message }))
    socket.on('timeout', () => socket.destroy())
    socket.on('close', () => {
      if (answer !== '') report({ arrived: tag, ...(JSON.parse(answer) as { at: End; from: End }) })
      resolve()
    })
  })
}

async function obey(order: Order): Promise<string> {
  switch (order.order) {
    case 'run':
      return execFileSync(order.file, [...order.args], {
        input: order.input ?? '',
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'pipe']
      })
    case 'listen':
      await Promise.all(order.at.map(listen))
      return ''
    case 'serve':
      await Promise.all(order.at.map(serve))
      return ''
    case 'connect':
      await Promise.all(order.probes.map((probe) => call(probe, order.waitMs)))
      return ''
    case 'send': {
      const sockets = order.probes.map(send)
      await new Promise((resolve) => setTimeout(resolve, order.waitMs))
      for (const socket of sockets) socket.close()
      return ''
    }
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const order = JSON.parse(line) as Order
    obey(order).then(
      (done) => report({ id: order.id, done }),
      (error: Error & { stderr?: string }) => report({ id: order.id, failed: `${error.message} ${error.stderr ?? ''}` })
    )
  })
  .on('close', () => process.exit())
