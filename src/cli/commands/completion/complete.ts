import { existsSync } from 'node:fs'
import type { CommandModule } from 'yargs'
import { openStoreForReading, type Store } from '../../../store/open.ts'
import { declaredWords } from './declared.ts'
import { type Names, ownWords, valuesAt } from './values.ts'

/** Enough to choose from. */
const MOST = 500

/**
 * What the last of the words may become: what the commands declare, and names out of the store. Says nothing of a store that is missing or
 * cannot be read.
 */
export function completions(
  words: readonly string[],
  commands: readonly CommandModule[],
  defaultStore: string
): string[] {
  const current = words.at(-1) ?? ''
  const own = ownWords(words.slice(0, -1))
  const values = current.startsWith('-') ? undefined : valuesAt(own, words.at(-2) ?? '')
  if (!values) return declaredWords(words, own, commands)
  const fixed = (values.words ?? []).filter((word) => word.startsWith(current))
  return [...new Set([...fixed, ...named(storeIn(words) ?? defaultStore, values.names ?? [], current)])]
}

function storeIn(words: readonly string[]): string | undefined {
  const place = words.indexOf('--store')
  return place >= 0 ? words[place + 1] : words.find((word) => word.startsWith('--store='))?.slice('--store='.length)
}

function named(file: string, names: readonly Names[], current: string): string[] {
  if (names.length === 0 || !existsSync(file)) return []
  let store: Store | undefined
  try {
    store = openStoreForReading(file)
    store.pragma('busy_timeout = 200')
    return names.flatMap((each) => [...beginningWith(current, each, store!)])
  } catch {
    return []
  } finally {
    store?.close()
  }
}

function* beginningWith(current: string, { sql, isName, prefix }: Names, store: Store): Iterable<string> {
  const before = prefix === undefined ? '' : `${prefix}/`
  if (!before.startsWith(current) && !current.startsWith(before)) return
  const typed = current.slice(before.length)
  const name = `"${store.prepare(sql).columns()[0]!.name}"`
  const rows = store.prepare(`SELECT ${name} FROM (${sql}) WHERE substr(${name}, 1, ?) = ?`).pluck()
  let found = 0
  for (const value of rows.iterate(typed.length, typed) as Iterable<unknown>) {
    if (typeof value !== 'string' || !isName(value)) continue
    yield before + value
    if (++found === MOST) return
  }
}
