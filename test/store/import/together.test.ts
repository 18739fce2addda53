import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { dumpText } from '../../../scripts/bench/dump.ts'
import { Days } from '../../../scripts/bench/services.ts'
import type { Snapshot } from '../../../src/archive/open.ts'
import { fsck } from '../../../src/store/fsck/fsck.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, openStoreForReading } from '../../../src/store/open.ts'
import { differences, dumpSnapshot, publicViews, storeOf } from '../../support/dump-snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'snap-together-'))
const importer = fileURLToPath(new URL('../../support/importer.js', import.meta.url))

function day(number: number): Snapshot {
  const days = new Days({ services: 40, endpoints: 3 }, { part: 0.1, replaced: 1 })
  for (let today = 0; today < number; today++) days.next()
  return dumpSnapshot(
    number,
    ['a', 'b'].map((node, index) => ({
      node,
      text: dumpText(days.services, { node: index, seed: number, counters: 'all' })
    }))
  )
}

test('two processes that import at once take turns, and both are done', async (t) => {
  const file = join(folder, 'two.db')
  const numbers = [0, 1, 2, 3]
  const ends = await Promise.all(
    [numbers, [...numbers].reverse()].map(
      (order) =>
        new Promise<number | null>((resolve) => {
          spawn(process.execPath, [importer, file, ...order.map(String)], {
            stdio: ['ignore', 'ignore', 'inherit']
          }).on('close', resolve)
        })
    )
  )
  t.deepEqual(ends, [0, 0])
  const [store, expected] = [openStore(file), await storeOf(numbers.map(day))]
  t.deepEqual(differences(publicViews(store), publicViews(expected)), [])
  t.deepEqual(fsck(store), [])
  store.close()
})

test('a reader goes on reading during an import and after it, and sees the store as it was', async (t) => {
  const file = join(folder, 'reader.db')
  const writer = openStore(file)
  await importSnapshot(writer, day(0), new Date(0))
  const reader = openStoreForReading(file)
  const rules = () => reader.prepare('SELECT count(*) FROM rules').pluck().get()
  const before = rules()
  const next = day(1)
  let during: unknown
  await importSnapshot(
    writer,
    {
      ...next,
      async read(item) {
        if (item.node === 'b') during = rules()
        return next.read(item)
      }
    },
    new Date(0)
  )
  t.is(during, before)
  t.is(rules(), before)
  reader.close()
  const later = openStoreForReading(file)
  t.is(later.prepare('SELECT count(*) FROM rules').pluck().get(), 2 * Number(before))
  later.close()
  writer.close()
})

test('an import that fails in the middle leaves nothing behind', async (t) => {
  const file = join(folder, 'failed.db')
  const store = openStore(file)
  await importSnapshot(store, day(0), new Date(0))
  const before = publicViews(store)
  const next = day(1)
  const failing: Snapshot = {
    ...next,
    async read(item) {
      if (item.node === 'b') throw new Error('the disk is gone')
      return next.read(item)
    }
  }
  await t.throwsAsync(importSnapshot(store, failing, new Date(0)), { message: 'the disk is gone' })
  t.deepEqual(publicViews(store), before)
  t.deepEqual(fsck(store), [])
  t.is((await importSnapshot(store, next, new Date(0))).outcome, 'imported')
  store.close()
})

test('a process killed in the middle of an import leaves nothing behind', async (t) => {
  const file = join(folder, 'killed.db')
  const first = openStore(file)
  await importSnapshot(first, day(0), new Date(0))
  const before = publicViews(first)
  first.close()
  const child = spawn(process.execPath, [importer, file, 'stop', '1'], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
  const ended = new Promise((resolve) => child.on('close', resolve))
  child.kill('SIGKILL')
  await ended
  const store = openStore(file)
  t.deepEqual(publicViews(store), before)
  t.deepEqual(fsck(store), [])
  t.is((await importSnapshot(store, day(1), new Date(0))).outcome, 'imported')
  store.close()
})

test('another snapshot of the same name is refused', async (t) => {
  const store = await storeOf([day(0)])
  const other = dumpSnapshot(0, [{ node: 'a', text: '*nat\nCOMMIT\n' }])
  await t.throwsAsync(importSnapshot(store, other, new Date(0)), { message: /already has another snapshot/ })
})
