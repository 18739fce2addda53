import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Spooled {
  readonly offset: number
  readonly bytes: number
}

/**
 * Bytes one after the other in a temporary file that has no name any more, so that an archive larger than the memory can be read in any order.
 * No name of the archive reaches the disk, and the space is free again when the process ends, however it ends.
 */
export class Spool {
  readonly #file: number
  #end = 0

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'snap-'))
    try {
      this.#file = openSync(join(folder, 'spool'), 'wx+', 0o600)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  async add(content: AsyncIterable<unknown>): Promise<Spooled> {
    const offset = this.#end
    for await (const chunk of content) {
      let rest = chunk as Buffer
      while (rest.length > 0) {
        const written = writeSync(this.#file, rest, 0, rest.length, this.#end)
        this.#end += written
        rest = rest.subarray(written)
      }
    }
    return { offset, bytes: this.#end - offset }
  }

  read({ offset, bytes }: Spooled): Buffer {
    const content = Buffer.allocUnsafe(bytes)
    for (let done = 0; done < bytes;) {
      const got = readSync(this.#file, content, done, bytes - done, offset + done)
      if (got === 0) throw new Error('the temporary file ended early')
      done += got
    }
    return content
  }

  close(): void {
    closeSync(this.#file)
  }
}
