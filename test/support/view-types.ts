import { join } from 'node:path'
import { openStoreForReading, type Store } from '../../src/store/open.ts'
import { importedSamples } from './cli.ts'

const DECLARED: { readonly [type: string]: string } = {
  TEXT: 'string',
  INTEGER: 'number',
  REAL: 'number',
  ANY: 'number | bigint | string'
}

const OBSERVED: { readonly [type: string]: string } = {
  text: 'string',
  integer: 'number',
  real: 'number',
  blob: 'Buffer'
}

/**
 * The source of src/store/views.ts: the type of each column of the public views. SQLite declares the type of a column
 * that a view passes on; that of an expression is read off the rows of `store`.
 */
export function viewTypes(store: Store): string {
  const views = store
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'view' AND substr(name, 1, 1) <> '_' ORDER BY name")
    .pluck()
    .all() as string[]
  return [
    '/** The public views, column by column, for typed queries. Written by `npm run generate` from the migrations. */\n',
    ...views.map((view) => `interface ${typeName(view)} {\n${columns(store, view).join('\n')}\n}\n`),
    `export interface Views {\n${views.map((view) => `  ${view}: ${typeName(view)}`).join('\n')}\n}\n`
  ].join('\n')
}

/** `chain_sets` → `ChainSets` */
function typeName(view: string): string {
  return view.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function columns(store: Store, view: string): string[] {
  return store
    .prepare(`SELECT * FROM "${view}"`)
    .columns()
    .map(({ name, type }) => {
      const known = type === null ? observed(store, view, name) : DECLARED[type]
      return `  ${name}: ${name === 'snapshot' ? known : `${known} | null`}`
    })
}

function observed(store: Store, view: string, column: string): string {
  const types = store.prepare(`SELECT DISTINCT typeof("${column}") FROM "${view}"`).pluck().all() as string[]
  return [...new Set(types.flatMap((type) => OBSERVED[type] ?? []))].sort().join(' | ') || 'string'
}

/** For a store into which the sample snapshots were imported. */
export async function sampleViewTypes(): Promise<string> {
  const store = openStoreForReading(join(await importedSamples(), 'snap.db'))
  try {
    return viewTypes(store)
  } finally {
    store.close()
  }
}
