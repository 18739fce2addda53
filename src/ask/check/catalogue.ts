import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readInput } from '../../input-file.ts'
import { packageFolder } from '../../package-folder.ts'
import { UserError } from '../../problem.ts'
import { comparesSnapshots } from './assert.ts'
import { type Check, parseCheck, SEVERITIES } from './definition.ts'

/** snap's own checks and those of the user's folders, worst first, then by code. A user's check of the same code takes the place of ours. */
export function loadChecks(folders: readonly string[]): Check[] {
  return load('catalogue', folders, (check) => !comparesSnapshots(check))
}

/** The same for checks over two snapshots. */
export function loadAssertions(folders: readonly string[]): Check[] {
  return load('assertions', folders, comparesSnapshots)
}

function load(ours: string, folders: readonly string[], which: (check: Check) => boolean): Check[] {
  const checks = new Map<string, Check>()
  for (const folder of [packageFolder('src', 'ask', 'check', ours), ...folders]) {
    for (const check of readFolder(folder).filter(which)) checks.set(check.code, check)
  }
  return [...checks.values()].sort(bySeverity)
}

function readFolder(folder: string): Check[] {
  let names: string[]
  try {
    names = readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .sort()
  } catch {
    throw new UserError(`${folder}: no such folder of checks; name one with .sql files in it`)
  }
  const checks = names.map((name) => readCheck(join(folder, name)))
  const twice = checks.find((check, index) => checks.findIndex((other) => other.code === check.code) !== index)
  if (twice) throw new UserError(`${twice.file}: another check of this folder has the code ${twice.code}`)
  return checks
}

function readCheck(file: string): Check {
  let text: string
  try {
    text = readInput(file).toString('utf8')
  } catch (error) {
    throw new UserError(`${file}: cannot be read: ${(error as Error).message}`, { cause: error })
  }
  return parseCheck(text, file)
}

function bySeverity(a: Check, b: Check): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.code < b.code ? -1 : 1)
}
