import { Worker } from 'node:worker_threads'
import { visible } from '../../report/format/cell.ts'

/** What the drawing thread is told, and says when it has done so. */
const STATE = { draw: 0, hide: 1, hidden: 2, end: 3 } as const

const WORDS = 2
const TEXT = 1024

/**
 * Draws in a thread of its own, because SQLite and all that snap computes keep the main one busy: after a second one line, drawn anew with
 * what is being done and the seconds since, and taken away without a trace. It writes to the terminal directly, not through the main thread.
 */
const DRAWER = `
const { workerData: { shared, columns } } = require('node:worker_threads')
const { writeSync } = require('node:fs')
const state = new Int32Array(shared, 0, ${WORDS})
const bytes = new Uint8Array(shared, ${WORDS * 4})
const begun = Date.now()
let drawn = false
const clear = () => { if (drawn) writeSync(2, '\\r\\x1b[K'); drawn = false }
for (;;) {
  Atomics.wait(state, 0, ${STATE.draw}, 250)
  const asked = Atomics.load(state, 0)
  if (asked !== ${STATE.draw}) {
    clear()
    Atomics.store(state, 0, ${STATE.hidden})
    Atomics.notify(state, 0)
    if (asked === ${STATE.end}) break
    Atomics.wait(state, 0, ${STATE.hidden})
    continue
  }
  const seconds = Math.floor((Date.now() - begun) / 1000)
  if (seconds < 1) continue
  const text = new TextDecoder().decode(bytes.slice(0, Atomics.load(state, 1))) + ' … ' + seconds + ' s'
  writeSync(2, '\\r\\x1b[K' + [...text].slice(0, columns - 1).join(''))
  drawn = true
}`

interface Drawing {
  readonly state: Int32Array
  readonly bytes: Uint8Array
}

let drawing: Drawing | undefined

/** Says what is being done now. Only a terminal is told, so that a log of cron holds nothing of it. */
export function progress(what: string): void {
  if (!process.stderr.isTTY || process.env.TERM === 'dumb') return
  drawing ??= start()
  const text = Buffer.from(visible(what)).subarray(0, TEXT)
  drawing.bytes.set(text)
  Atomics.store(drawing.state, 1, text.length)
}

function start(): Drawing {
  const shared = new SharedArrayBuffer(WORDS * 4 + TEXT)
  new Worker(DRAWER, {
    eval: true,
    workerData: { shared, columns: process.stderr.columns || 80 },
    stdin: false
  }).unref()
  return { state: new Int32Array(shared, 0, WORDS), bytes: new Uint8Array(shared, WORDS * 4) }
}

/** Takes the line away while something else is written; it comes back by itself. */
export function withoutProgress<T>(write: () => T): T {
  if (!drawing) return write()
  ask(drawing, STATE.hide)
  const result = write()
  Atomics.store(drawing.state, 0, STATE.draw)
  Atomics.notify(drawing.state, 0)
  return result
}

/** Takes the line away for good. */
export function endProgress(): void {
  if (drawing) ask(drawing, STATE.end)
  drawing = undefined
}

/** Waits until the line is gone: a moment, or that of a thread that has only just begun. */
function ask({ state }: Drawing, what: number): void {
  Atomics.store(state, 0, what)
  Atomics.notify(state, 0)
  Atomics.wait(state, 0, what, 2000)
}
