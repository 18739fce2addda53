import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { plainFileProblem } from '../input-file.ts'

/** A process, told apart from every other that ever had its number. */
export interface Owner {
  readonly pid: number
  readonly host: string
  /** /proc/sys/kernel/random/boot_id; null where there is none. */
  readonly boot: string | null
  /** When the kernel started the process, in its own count (proc(5), stat, field 22); null where it does not say. */
  readonly processStart: string | null
  /** ISO 8601 */
  readonly since: string
}

export function thisOwner(now: Date): Owner {
  return {
    pid: process.pid,
    host: hostname(),
    boot: bootId(),
    processStart: processStart(process.pid),
    since: now.toISOString()
  }
}

/** Null where a file names none, or is none. It does not wait for one that is a pipe. */
export async function readOwnerFile(file: string): Promise<Owner | null> {
  try {
    return plainFileProblem(file) === null ? readOwner(await readFile(file, 'utf8')) : null
  } catch {
    return null
  }
}

/** Null for a text that is none: written by a process that died at it. */
export function readOwner(text: string): Owner | null {
  try {
    const { pid, host, boot, processStart: start, since } = JSON.parse(text) as Partial<Owner>
    const whole =
      Number.isInteger(pid) &&
      typeof host === 'string' &&
      typeof since === 'string' &&
      boot !== undefined &&
      start !== undefined
    return whole ? { pid: pid!, host, boot, processStart: start, since } : null
  } catch {
    return null
  }
}

/** `unknown`: it runs, or ran, on another machine. */
export function lifeOf(owner: Owner): 'runs' | 'ended' | 'unknown' {
  if (owner.host !== hostname()) return 'unknown'
  if (owner.boot !== bootId() || !isThere(owner.pid)) return 'ended'
  return owner.processStart === processStart(owner.pid) ? 'runs' : 'ended'
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function bootId(): string | null {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? null
}

/** The program's name, in brackets, may hold anything; what comes after the last bracket is fields. */
function processStart(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
