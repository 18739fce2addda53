import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Spooled {
  readonly offset: number
  readonly bytes: number
}

/**
 * Bytes one after the other in a file that has no name any more, so that what is larger than the memory can be read in any order.
 * No name of an archive reaches the disk, and the space is free again when the process ends, however it ends.
 */
export class Spool {
  readonly #file: number
  #end = 0
  #closed = false

  /** `beside`: the folder on whose disk it is to be. */
  constructor(beside = tmpdir()) {
    const folder = mkdtempSync(join(beside, 'snap-'))
    try {
      this.#file = openSync(join(folder, 'spool'), 'wx+', 0o600)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  async add(content: AsyncIterable<unknown>): Promise<Spooled> {
    const offset = this.#end
    for await (const chunk of content) this.put(chunk as Buffer)
    return { offset, bytes: this.#end - offset }
  }

  put(content: Buffer): Spooled {
    const offset = this.#end
    for (let rest = content; rest.length > 0; ) {
      const written = writeSync(this.#file, rest, 0, rest.length, this.#end)
      this.#end += written
      rest = rest.subarray(written)
    }
    return { offset, bytes: content.length }
  }

  read({ offset, bytes }: Spooled): Buffer {
    const content = Buffer.allocUnsafe(bytes)
    for (let done = 0; done < bytes; ) {
      const got = readSync(this.#file, content, done, bytes - done, offset + done)
      if (got === 0) throw new Error('the temporary file ended early')
      done += got
    }
    return content
  }

  /** May be called again. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#file)
  }
}
