import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { describeViews } from '../../src/ask/sql/schema.ts'
import { openStore } from '../../src/store/open.ts'
import { root } from '../support/cli.ts'

test('the types of the views are those of the store, column by column', (t) => {
  const source = readFileSync(join(root, 'src/store/views.ts'), 'utf8')
  const interfaces = new Map(
    [...source.matchAll(/^interface (\w+) \{\n([^}]*)\}/gm)].map(([, name, body]) => [
      name!,
      [...body!.matchAll(/^ {2}(\w+):/gm)].map(([, column]) => column!)
    ])
  )
  const views = new Map(
    [...source.slice(source.indexOf('export interface Views')).matchAll(/^ {2}(\w+): (\w+)$/gm)].map(
      ([, view, name]) => [view!, interfaces.get(name!)]
    )
  )
  const store = openStore(':memory:')
  const inStore = new Set(store.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'").pluck().all())
  // Tables that are computed when a query names them (flows, intent) are no views of the store.
  const described = describeViews(store).filter(({ name }) => inStore.has(name))
  t.deepEqual(
    Object.fromEntries(views),
    Object.fromEntries(described.map(({ name, columns }) => [name, columns.map((column) => column.name)]))
  )
})

test('every view and every column says what it means', (t) => {
  for (const { name, about, columns } of describeViews(openStore(':memory:'))) {
    t.not(about, '', name)
    for (const column of columns) t.not(column.about, '', `${name}.${column.name}`)
  }
})
