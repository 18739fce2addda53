import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  openSync,
  type ReadStream,
  readFileSync,
  type Stats,
  statSync
} from 'node:fs'

/** A pipe that the shell handed over, as in `--dump <(ssh node iptables-save)`: it has a writer. */
const OF_THE_PROCESS = /^\/(?:dev\/(?:stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/

/**
 * The bytes of a file that the user or a folder named; for `-` of standard input. Throws where it cannot be read, and for what is no
 * file: a FIFO without a writer would be waited for, and a device has no end.
 */
export function readInput(path: string): Buffer {
  if (path === '-') return readFileSync(0)
  if (OF_THE_PROCESS.test(path)) return readFileSync(path)
  const file = openFile(path)
  try {
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

/** The same bit by bit. */
export function inputStream(path: string): ReadStream {
  return createReadStream(path, OF_THE_PROCESS.test(path) ? {} : { fd: openFile(path) })
}

/** Not even opened where it is none: opening rewinds a tape. What takes its place in between does not block. */
function openFile(path: string): number {
  requireFile(statSync(path))
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    requireFile(fstatSync(file))
    return file
  } catch (error) {
    closeSync(file)
    throw error
  }
}

function requireFile(facts: Stats): void {
  if (facts.isFile()) return
  const kind = facts.isDirectory() ? 'a folder' : facts.isFIFO() ? 'a FIFO' : facts.isSocket() ? 'a socket' : 'a device'
  throw new Error(`it is ${kind}, not a file`)
}

/** Why a file that is there is not to be opened: a FIFO or a device may never give an end. Null where it may, and where there is none. */
export function plainFileProblem(path: string): string | null {
  const facts = statSync(path, { throwIfNoEntry: false })
  try {
    if (facts !== undefined) requireFile(facts)
    return null
  } catch (error) {
    return `${path}: ${(error as Error).message}`
  }
}
