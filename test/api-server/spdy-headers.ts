/** SPDY/3.1 header blocks: names and values, deflated in one stream a connection that starts from a dictionary the protocol gives. */
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib'

const WORDS = (
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow ' +
  'authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 ' +
  'content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since ' +
  'last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer ' +
  'transfer-encoding upgrade user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public ' +
  'set-cookie keep-alive origin'
)
  .split(' ')
  .map((word) => word.replace('_', ' '))
const TAIL =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found' +
  '500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec ' +
  '00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,' +
  'application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.'

/** SPDY Protocol, draft 3.1, section 2.6.10.1. */
const DICTIONARY = Buffer.concat([...WORDS.map(withLength), Buffer.from(TAIL)])

function withLength(word: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(word.length)
  return Buffer.concat([length, Buffer.from(word)])
}

export class HeaderCodec {
  readonly #inflate: Inflate = createInflate({ dictionary: DICTIONARY })
  readonly #deflate: Deflate = createDeflate({ dictionary: DICTIONARY })

  async decode(block: Buffer): Promise<Map<string, string>> {
    await new Promise<void>((resolve, reject) =>
      this.#inflate.write(block, (error) => (error ? reject(error) : resolve()))
    )
    const plain = this.#inflate.read() as Buffer
    const headers = new Map<string, string>()
    let at = 4
    const text = (): string => {
      const end = at + 4 + plain.readUInt32BE(at)
      const found = plain.toString('utf8', at + 4, end)
      at = end
      return found
    }
    for (let left = plain.readUInt32BE(0); left > 0; left--) headers.set(text(), text())
    return headers
  }

  /** A block without headers. */
  async encodeEmpty(): Promise<Buffer> {
    this.#deflate.write(Buffer.alloc(4))
    await new Promise<void>((resolve) => this.#deflate.flush(constants.Z_SYNC_FLUSH, resolve))
    return this.#deflate.read() as Buffer
  }
}
