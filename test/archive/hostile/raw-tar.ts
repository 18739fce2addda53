/** Tar files as no tar writes them. */

export interface Member {
  readonly name: string
  readonly content?: string | Buffer
  /** The type flag: `0` a file, `1` a hard link, `2` a symbolic link, `5` a folder, `x` a PAX header. */
  readonly type?: string
  readonly link?: string
  /** Instead of the content's own size, as it stands in the header's twelve bytes. */
  readonly size?: string | Buffer
  readonly prefix?: string
  readonly checksum?: string
}

export function rawTar(members: readonly Member[], end = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([
    ...members.flatMap((member) => [header(member), padded(Buffer.from(member.content ?? ''))]),
    end
  ])
}

/** A PAX header for the member that follows. */
export function pax(fields: { readonly [key: string]: string }): Member {
  return {
    name: 'PaxHeader',
    type: 'x',
    content: Buffer.concat(Object.entries(fields).map(([key, value]) => paxRecord(key, value)))
  }
}

function paxRecord(key: string, value: string): Buffer {
  const text = ` ${key}=${value}\n`
  let length = Buffer.byteLength(text)
  while (Buffer.byteLength(`${length}${text}`) !== length) length = Buffer.byteLength(`${length}${text}`)
  return Buffer.from(`${length}${text}`)
}

/** GNU's form of a long name, for the member that follows. */
export function gnuLongName(name: string): Member {
  return { name: '././@LongLink', type: 'L', content: `${name}\0` }
}

function header({ name, content = '', type = '0', link = '', size, prefix = '', checksum }: Member): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0, 100)
  block.write('0000600\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  const bytes = size ?? `${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`
  if (typeof bytes === 'string') block.write(bytes, 124, 12)
  else bytes.copy(block, 124)
  block.write('15000000000\0', 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write(link, 157, 100)
  block.write('ustar\x0000', 257)
  block.write(prefix, 345, 155)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}
