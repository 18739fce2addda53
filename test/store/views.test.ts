import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { describeViews } from '../../src/ask/sql/schema.ts'
import { openStore } from '../../src/store/open.ts'
import { root } from '../support/cli.ts'
import { sampleViewTypes } from '../support/view-types.ts'

test('the types of the views are what `npm run generate` writes from the store', async (t) => {
  t.is(readFileSync(join(root, 'src/store/views.ts'), 'utf8'), await sampleViewTypes())
})

test('every view and every column says what it means', (t) => {
  for (const { name, about, columns } of describeViews(openStore(':memory:'))) {
    t.not(about, '', name)
    for (const column of columns) t.not(column.about, '', `${name}.${column.name}`)
  }
})
