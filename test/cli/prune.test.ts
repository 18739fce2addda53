import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { openSnapshot } from '../../src/archive/open.ts'
import { packSnapshot } from '../../src/archive/pack.ts'
import { createSnapshot } from '../../src/archive/writer.ts'
import { readKeep } from '../../src/ask/prune/keep.ts'
import { prune } from '../../src/cli/commands/prune/prune.ts'
import { snapshotName } from '../../src/collect/name.ts'
import { UserError } from '../../src/problem.ts'
import { fsck } from '../../src/store/fsck/fsck.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { openStore } from '../../src/store/open.ts'
import { fixture } from '../collect/cluster-fixture.ts'
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

const OF: Record<string, { objects: boolean; rules: boolean }> = {
  good: { objects: true, rules: true },
  'without rules': { objects: true, rules: false },
  'without objects': { objects: false, rules: true },
  empty: { objects: false, rules: false }
}

async function write(
  archive: string,
  at: Date,
  { objects, rules }: { objects: boolean; rules: boolean }
): Promise<string> {
  const sink = await createSnapshot(archive, snapshotName(at))
  const instant = at.toISOString()
  const facts = { command: [], startedAt: instant, endedAt: instant, exitCode: null, stderr: null }
  for (const kind of ['nodes', 'services', 'endpointslices', 'pods', 'version'] as const) {
    const content = objects ? Buffer.from(fixture(kind === 'version' ? 'services' : kind)) : null
    await sink.add({ ...facts, kind, content, error: objects ? null : '403 Forbidden' })
  }
  const content = rules ? Buffer.from('*nat\nCOMMIT\n') : null
  await sink.add({ ...facts, kind: 'iptables-save', node: 'a', content, error: rules ? null : 'not reached' })
  return sink.finish({
    cluster: { name: 'c', uid: objects ? 'u' : null },
    tool: 't',
    startedAt: instant,
    endedAt: instant
  })
}

test('the newest good snapshot survives in archive and store, whatever was taken besides it', async (t) => {
  const taken = fc.record({
    hour: fc.integer({ min: 0, max: 100 }),
    what: fc.constantFrom(...Object.keys(OF)),
    isStored: fc.boolean(),
    isPacked: fc.boolean()
  })
  const now = new Date('2026-05-03T00:30:00.000Z')
  const keeps = fc.constantFrom('1 latest', '2 latest', '1 daily', '1 hourly, 1 weekly')
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(taken, { maxLength: 6, selector: ({ hour }) => hour }),
      keeps,
      async (all, keep) => {
        const folder = mkdtempSync(join(tmpdir(), 'snap-prune-'))
        const [archive, file] = [join(folder, 'snapshots'), join(folder, 'snap.db')]
        const store = openStore(file)
        const at = (hour: number) => new Date(Date.UTC(2026, 4, 1) + hour * 3_600_000)
        for (const { hour, what, isStored, isPacked } of all) {
          const path = await write(archive, at(hour), OF[what]!)
          if (isStored) await importSnapshot(store, await openSnapshot(path), new Date(0))
          if (!isPacked) continue
          await packSnapshot(path, `${path}.tar.gz`)
          rmSync(path, { recursive: true })
        }
        store.close()
        await prune({ archive, store: file }, { keep: readKeep(keep), before: undefined, timeZone: 'UTC', now }, false)

        const left = all.length === 0 ? [] : readdirSync(archive).map((name) => name.replace('.tar.gz', ''))
        const good = all
          .filter(({ what, hour }) => what === 'good' && at(hour) <= now)
          .sort((a, b) => b.hour - a.hour)[0]
        if (good !== undefined) {
          t.true(left.includes(snapshotName(at(good.hour))))
          if (good.isStored) t.true(stored(file).includes(snapshotName(at(good.hour))))
        }
        rmSync(folder, { recursive: true })
      }
    ),
    { numRuns: 25 }
  )
})

function stored(file: string): string[] {
  const store = openStore(file)
  try {
    return store.prepare('SELECT name FROM _snapshot').pluck().all() as string[]
  } finally {
    store.close()
  }
}
