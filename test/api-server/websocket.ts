/** Exec over WebSocket (RFC 6455), subprotocol v5.channel.k8s.io: the first byte of a binary message names its channel. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ExecCall, type ExecHandler, execStatus, frames } from './exec.ts'

const [STDIN, STDOUT, STDERR, ERROR, CLOSE] = [0, 1, 2, 3, 255]
const OPCODE = { binary: 2, close: 8, ping: 9, pong: 10 }
const MAX_PAYLOAD = 32 * 1024

export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  call: Omit<ExecCall, 'stdin'>,
  handler: ExecHandler
): void {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      'Sec-WebSocket-Protocol: v5.channel.k8s.io',
      '',
      ''
    ].join('\r\n')
  )
  serve(socket, head, call, handler).catch(() => socket.destroy())
}

async function serve(socket: Duplex, head: Buffer, call: Omit<ExecCall, 'stdin'>, handler: ExecHandler): Promise<void> {
  const stdin: Buffer[] = []
  for await (const frame of frames(socket, head, frameLength)) {
    const opcode = frame[0]! & 0x0f
    const payload = unmask(frame)
    if (opcode === OPCODE.ping) socket.write(frameOf(OPCODE.pong, payload))
    else if (opcode === OPCODE.close) return void socket.end(frameOf(OPCODE.close, payload))
    else if (payload[0] === STDIN) stdin.push(payload.subarray(1))
    else if (payload[0] === CLOSE && payload[1] === STDIN)
      void answer(socket, { ...call, stdin: Buffer.concat(stdin) }, handler)
  }
}

async function answer(socket: Duplex, call: ExecCall, handler: ExecHandler): Promise<void> {
  const answered = await handler(call)
  const write = (channel: number, content: Buffer): void => {
    for (let at = 0; at < content.length; at += MAX_PAYLOAD) {
      socket.write(frameOf(OPCODE.binary, Buffer.concat([Buffer.of(channel), content.subarray(at, at + MAX_PAYLOAD)])))
    }
  }
  write(STDOUT!, Buffer.from(answered.stdout ?? ''))
  write(STDERR!, Buffer.from(answered.stderr ?? ''))
  await answered.then
  write(ERROR!, execStatus(answered))
  socket.write(frameOf(OPCODE.close, Buffer.of(0x03, 0xe8)))
}

function sizes(frame: Buffer): { head: number; payload: number } | undefined {
  const short = frame.length < 2 ? undefined : frame[1]! & 0x7f
  if (short === undefined) return undefined
  const mask = (frame[1]! & 0x80) === 0 ? 0 : 4
  if (short < 126) return { head: 2 + mask, payload: short }
  if (short === 126) return frame.length < 4 ? undefined : { head: 4 + mask, payload: frame.readUInt16BE(2) }
  return frame.length < 10 ? undefined : { head: 10 + mask, payload: Number(frame.readBigUInt64BE(2)) }
}

function frameLength(buffer: Buffer): number | undefined {
  const size = sizes(buffer)
  return size && size.head + size.payload
}

/** What a client sends is masked. */
function unmask(frame: Buffer): Buffer {
  const { head } = sizes(frame)!
  const key = frame.subarray(head - 4, head)
  return Buffer.from(frame.subarray(head).map((byte, index) => byte ^ key[index % 4]!))
}

function frameOf(opcode: number, payload: Buffer): Buffer {
  const head =
    payload.length < 126
      ? Buffer.of(0x80 | opcode, payload.length)
      : Buffer.of(0x80 | opcode, 126, payload.length >> 8, payload.length & 0xff)
  return Buffer.concat([head, payload])
}
