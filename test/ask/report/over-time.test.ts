import { join } from 'node:path'
import test from 'ava'
import { openSnapshot } from '../../../src/archive/open.ts'
import type { CheckResult, Finding } from '../../../src/ask/check/finding.ts'
import { fingerprint } from '../../../src/ask/check/fingerprint.ts'
import { objectSeries } from '../../../src/ask/report/changes-over-time.ts'
import { findingsOverTime } from '../../../src/ask/report/findings-over-time.ts'
import { ruleSeries } from '../../../src/ask/report/rules-over-time.ts'
import { snapshotBefore, snapshotsByTime } from '../../../src/ask/report/snapshots.ts'
import { standings } from '../../../src/ask/report/standing.ts'
import { snapshotName } from '../../../src/collect/name.ts'
import { checkedSnapshot, recordCheckRuns } from '../../../src/store/check-runs.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { root } from '../../support/cli.ts'

const SAMPLES = ['2026-11-22T12-00-00Z', '2026-11-23T12-00-00Z'] as const

interface Day {
  /** Which sample it holds. */
  readonly sample: 0 | 1
  /** Kinds of items that were not read. */
  readonly broken?: RegExp
}

/** Days of December 2026 with what the samples hold, imported in the order given. */
async function storeOf(days: readonly Day[], order = days.map((_, index) => index)): Promise<Store> {
  const store = openStore(':memory:')
  for (const index of order) {
    const { sample, broken } = days[index]!
    const snapshot = await openSnapshot(join(root, 'snapshots', SAMPLES[sample]))
    const startedAt = new Date(Date.UTC(2026, 11, 1 + index)).toISOString()
    const manifest = { ...snapshot.manifest, startedAt, endedAt: startedAt }
    const read: typeof snapshot.read = async (item) =>
      broken?.test(item.kind) ? Buffer.from('not what was expected') : snapshot.read(item)
    await importSnapshot(store, { ...snapshot, name: snapshotName(new Date(startedAt)), manifest, read }, new Date(0))
  }
  return store
}

function series(store: Store): Record<string, readonly (number | null)[]> {
  const snapshots = snapshotsByTime(store)
  return Object.fromEntries([
    ...objectSeries(store, snapshots).map(({ name, counts }) => [name, counts]),
    ...ruleSeries(store, snapshots).map(({ nodes, counts }) => [nodes.join(), counts])
  ])
}

const DAYS: readonly Day[] = [{ sample: 0 }, { sample: 1 }, { sample: 1 }, { sample: 0 }]
const EXPECTED = {
  Services: [null, 0, 0, 0],
  'Services whose endpoints changed': [null, 10, 0, 10],
  Pods: [null, 16, 0, 16],
  Nodes: [null, 0, 0, 0],
  'kube-master,kube-worker1': [null, 189, 0, 189],
  'kube-worker2': [null, 0, 0, 0]
}

test('changes from each snapshot to the next, there and back again', async (t) => {
  t.deepEqual(series(await storeOf(DAYS)), EXPECTED)
})

test('the order of import changes nothing', async (t) => {
  t.deepEqual(series(await storeOf(DAYS, [3, 1, 0, 2])), EXPECTED)
})

test('what was not read is not known, and the next snapshot is compared with the last that was read', async (t) => {
  const found = series(await storeOf([{ sample: 0 }, { sample: 1, broken: /^(endpoint|pods)/ }, { sample: 1 }]))
  t.deepEqual(found['Services whose endpoints changed'], [null, null, 10])
  t.deepEqual(found['Pods'], [null, null, 16])
  t.deepEqual(found['Nodes'], [null, 0, 0])
})

test('which Services changed is told by name', async (t) => {
  const store = await storeOf(DAYS.slice(0, 2))
  const { objects } = objectSeries(store, snapshotsByTime(store)).find(
    ({ name }) => name === 'Services whose endpoints changed'
  )!
  t.deepEqual(objects, [
    [],
    [
      'demo/extip',
      'demo/lb-hostname',
      'demo/lb-pending',
      'demo/lb-ranges',
      'demo/lb-static',
      'demo/local-lb-spread',
      'demo/sctp',
      'demo/sctp-np',
      'demo/unnamed',
      'demo/web'
    ]
  ])
})

test('the snapshot before is the one before in time; pasted text is none of a whole one', (t) => {
  const snapshot = (id: number, pasted = false) => ({ id, name: String(id), takenAt: '', cluster: '', pasted })
  const all = [snapshot(3), snapshot(1, true), snapshot(2)]
  t.is(snapshotBefore(all, all[2]!)?.id, 3)
  t.is(snapshotBefore(all, all[0]!), undefined)
})

function finding(code: string, object: string): Finding {
  return { code, severity: 'error', object, node: null, message: 'wrong', unsure: '', evidence: {} }
}

function result(code: string, objects: readonly string[], gaps = 0): CheckResult {
  const check = {
    code,
    severity: 'error',
    title: '',
    explanation: '',
    fix: '',
    needs: [],
    causes: [],
    source: '',
    sql: '',
    file: ''
  } as CheckResult['check']
  return {
    check,
    findings: objects.map((object) => finding(code, object)),
    explained: [],
    gaps: Array.from({ length: gaps }, () => ({ subject: 'x', reason: 'y' }))
  }
}

async function checkedStore(): Promise<Store> {
  const store = await storeOf(DAYS)
  const record = (day: number, objects: readonly string[]) =>
    recordCheckRuns(store, checkedSnapshot(store, `2026-12-0${day}T00-00-00Z`), 'snap', [
      {
        code: 'A',
        severity: 'error',
        findings: objects.length,
        fingerprints: objects.map((object) => fingerprint(finding('A', object))),
        notSeen: 0
      }
    ])
  record(2, ['old', 'gone'])
  record(3, ['gone', 'old', 'middle'])
  return store
}

test('findings over time: what was not checked is not known, the reported snapshot counts as it is', async (t) => {
  const store = await checkedStore()
  const snapshots = snapshotsByTime(store)
  const {
    series: found,
    run,
    checks
  } = findingsOverTime(store, snapshots, snapshots[3]!, [result('A', ['old'], 1), result('B', ['x', 'y'])])
  t.deepEqual(found.find(({ severity }) => severity === 'error')!.counts, [null, 2, 3, 3])
  t.deepEqual(run, [
    { checks: 0, half: 0 },
    { checks: 1, half: 0 },
    { checks: 1, half: 0 },
    { checks: 2, half: 1 }
  ])
  t.is(checks, 2)
})

test('since when a finding stands is what the unbroken row of checked snapshots proves', async (t) => {
  const store = await checkedStore()
  const results = [result('A', ['old', 'middle', 'new']), result('B', ['x'])]
  const standing = standings(store, snapshotsByTime(store), results)
  const told = (each: Finding) => {
    const { since, isExact } = standing(each)
    return `${since.name.slice(0, 10)} ${isExact}`
  }
  t.deepEqual(results.flatMap(({ findings }) => findings).map(told), [
    '2026-12-02 false',
    '2026-12-03 true',
    '2026-12-04 true',
    '2026-12-04 false'
  ])
})

test('runs go with their snapshot', async (t) => {
  const store = await checkedStore()
  store.prepare("DELETE FROM _snapshot WHERE name = '2026-12-02T00-00-00Z'").run()
  t.deepEqual(store.prepare('SELECT snapshot, code, severity, findings, not_seen, tool FROM check_runs').raw().all(), [
    ['2026-12-03T00-00-00Z', 'A', 'error', 3, 0, 'snap']
  ])
})
