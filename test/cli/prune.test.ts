import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { openSnapshot } from '../../src/archive/open.ts'
import { packSnapshot } from '../../src/archive/pack.ts'
import { createSnapshot } from '../../src/archive/writer.ts'
import { readKeep } from '../../src/ask/prune/keep.ts'
import { prune } from '../../src/cli/commands/prune/prune.ts'
import { UserError } from '../../src/problem.ts'
import { fsck } from '../../src/store/fsck/fsck.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { openStore } from '../../src/store/open.ts'
import { dayName } from '../support/dump-snapshot.ts'

/** Three days in the archive, the first two in the store; the first packed as well, a stranger and an unfinished one beside them. */
async function places(): Promise<{ archive: string; store: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'snap-prune-'))
  const [archive, file] = [join(folder, 'snapshots'), join(folder, 'snap.db')]
  const store = openStore(file)
  for (let day = 0; day < 3; day++) {
    const at = `${dayName(day).slice(0, 10)}T00:00:00.000Z`
    const sink = await createSnapshot(archive, dayName(day))
    await sink.add({
      kind: 'iptables-save',
      node: 'a',
      command: [],
      startedAt: at,
      endedAt: at,
      exitCode: 0,
      error: null,
      stderr: null,
      content: Buffer.from(`*nat\n:KUBE-SERVICES - [0:0]\n-A KUBE-SERVICES -d 10.0.0.${day}/32 -j ACCEPT\nCOMMIT\n`)
    })
    const path = await sink.finish({ cluster: { name: 'c', uid: null }, tool: 't', startedAt: at, endedAt: at })
    if (day < 2) await importSnapshot(store, await openSnapshot(path), new Date(0))
    if (day === 0) await packSnapshot(path, join(archive, `${dayName(0)}.tar.gz`))
  }
  store.close()
  writeFileSync(join(archive, 'incident.tar.gz'), '')
  mkdirSync(join(archive, `.partial-${dayName(5)}`))
  return { archive, store: file }
}

const latest = {
  keep: readKeep('1 latest'),
  before: undefined,
  timeZone: 'UTC',
  now: new Date(dayName(4).slice(0, 10))
}

test('what is to go leaves archive and store, whatever form it has; the rest is not touched', async (t) => {
  const where = await places()
  const rows = await prune(where, latest, false)
  t.deepEqual(rows, [
    { snapshot: dayName(0), action: 'remove', reason: '', in: 'archive, store' },
    { snapshot: dayName(1), action: 'remove', reason: '', in: 'archive, store' },
    { snapshot: dayName(2), action: 'keep', reason: 'latest', in: 'archive' }
  ])
  t.deepEqual(readdirSync(where.archive).sort(), [`.partial-${dayName(5)}`, dayName(2), 'incident.tar.gz'])
  const store = openStore(where.store)
  t.is(store.prepare('SELECT count(*) FROM snapshots').pluck().get(), 0)
  t.deepEqual(fsck(store), [])
  store.close()
})

test('a dry run tells the same and removes nothing', async (t) => {
  const where = await places()
  const before = readdirSync(where.archive)
  const rows = await prune(where, latest, true)
  t.deepEqual(
    rows.map(({ action }) => action),
    ['remove', 'remove', 'keep']
  )
  t.deepEqual(readdirSync(where.archive), before)
  t.deepEqual(await prune(where, latest, true), rows)
})

test('neither archive nor store is a mistake to tell', async (t) => {
  await t.throwsAsync(prune({ archive: '/nowhere/a', store: '/nowhere/b' }, latest, false), {
    instanceOf: UserError,
    message: /neither the archive/
  })
})
