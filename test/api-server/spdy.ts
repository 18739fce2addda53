/** Exec over SPDY/3.1, protocol v4.channel.k8s.io: one stream each for stdin, stdout, stderr and the closing Status. */
import type { Duplex } from 'node:stream'
import { type ExecCall, type ExecHandler, execStatus, frames } from './exec.ts'
import { HeaderCodec } from './spdy-headers.ts'

const [SYN_STREAM, SYN_REPLY, PING, GOAWAY] = [1, 2, 6, 7]
const FIN = 1
const MAX_DATA = 16 * 1024

export function acceptSpdy(socket: Duplex, head: Buffer, call: Omit<ExecCall, 'stdin'>, handler: ExecHandler): void {
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: SPDY/3.1',
      'Connection: Upgrade',
      'X-Stream-Protocol-Version: v4.channel.k8s.io',
      '',
      ''
    ].join('\r\n')
  )
  serve(socket, head, call, handler).catch(() => socket.destroy())
}

async function serve(socket: Duplex, head: Buffer, call: Omit<ExecCall, 'stdin'>, handler: ExecHandler): Promise<void> {
  const codec = new HeaderCodec()
  const streams = new Map<string, number>()
  const stdin: Buffer[] = []
  for await (const frame of frames(socket, head, (buffer) =>
    buffer.length < 8 ? undefined : 8 + buffer.readUIntBE(5, 3)
  )) {
    const control = (frame[0]! & 0x80) !== 0
    const type = control ? frame.readUInt16BE(2) : undefined
    if (type === SYN_STREAM) {
      const id = frame.readUInt32BE(8)
      streams.set((await codec.decode(frame.subarray(18))).get('streamtype')!, id)
      socket.write(controlFrame(SYN_REPLY!, Buffer.concat([uint32(id), await codec.encodeEmpty()])))
    } else if (type === PING) socket.write(frame)
    else if (type === GOAWAY) return void socket.end()
    else if (!control && frame.readUInt32BE(0) === streams.get('stdin')) {
      stdin.push(frame.subarray(8))
      if ((frame[4]! & FIN) !== 0) void answer(socket, streams, { ...call, stdin: Buffer.concat(stdin) }, handler)
    }
  }
}

async function answer(
  socket: Duplex,
  streams: ReadonlyMap<string, number>,
  call: ExecCall,
  handler: ExecHandler
): Promise<void> {
  const answered = await handler(call)
  const write = (type: string, content: Buffer): void => {
    const id = streams.get(type)
    if (id === undefined) return
    for (let at = 0; at < content.length; at += MAX_DATA)
      socket.write(dataFrame(id, 0, content.subarray(at, at + MAX_DATA)))
    if (answered.then === undefined || type === 'error') socket.write(dataFrame(id, FIN, Buffer.alloc(0)))
  }
  write('stdout', Buffer.from(answered.stdout ?? ''))
  write('stderr', Buffer.from(answered.stderr ?? ''))
  await answered.then
  write('error', execStatus(answered))
}

function controlFrame(type: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x80, 3, type >> 8, type & 0xff), uint32(payload.length), payload])
}

function dataFrame(id: number, flags: number, payload: Buffer): Buffer {
  const size = uint32(payload.length)
  size[0] = flags
  return Buffer.concat([uint32(id), size, payload])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
