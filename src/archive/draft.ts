import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { open, rename, rm } from 'node:fs/promises'
import { createGzip } from 'node:zlib'
import type { Draft } from '../collect/item.ts'
import { isAbsurd, LIMITS } from './limits.ts'

/** A compressed file that grows as its content comes. Memory: one piece and the compressor's window, however long it gets. */
export class FileDraft implements Draft {
  bytes = 0
  #packed = 0
  readonly file: string
  readonly #hash = createHash('sha256')
  readonly #gzip = createGzip()
  readonly #written: Promise<void>
  #failed: Error | undefined

  constructor(file: string) {
    this.file = file
    this.#written = this.#store()
    // Told by the next write or by `end`, whichever comes first.
    this.#written.catch((error: Error) => {
      this.#failed = error
      this.#gzip.destroy()
    })
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed
    this.#hash.update(bytes)
    this.bytes += bytes.length
    if (this.#gzip.write(bytes)) return
    await Promise.race([once(this.#gzip, 'drain'), this.#written])
  }

  /** All of it is on disk when this returns. */
  async end(): Promise<void> {
    this.#gzip.end()
    await this.#written
  }

  get room(): number {
    return LIMITS.itemBytes - this.bytes
  }

  get refused(): string | null {
    return isAbsurd(this.bytes, this.#packed) ? `unpacks to more than ${LIMITS.ratio} times its size` : null
  }

  sha256(): string {
    return this.#hash.copy().digest('hex')
  }

  async moveTo(path: string): Promise<void> {
    await rename(this.file, path)
  }

  async remove(): Promise<void> {
    this.#gzip.destroy()
    await this.#written.catch(() => {})
    await rm(this.file, { force: true })
  }

  async #store(): Promise<void> {
    const handle = await open(this.file, 'wx', 0o600)
    try {
      for await (const chunk of this.#gzip) {
        await handle.writeFile(chunk as Buffer)
        this.#packed += (chunk as Buffer).length
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}
