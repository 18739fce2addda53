/** The captured week: what happened on each day is what the diff says first. */
import assert from 'node:assert/strict'
import test from 'ava'
import type { Diff } from '../../../src/ask/diff/change.ts'
import { diffSnapshots } from '../../../src/ask/diff/diff.ts'
import { filterDiff } from '../../../src/ask/diff/filter.ts'
import { diffText } from '../../../src/report/diff/text.ts'
import type { Store } from '../../../src/store/open.ts'
import { hasCaptures } from '../../support/capture.ts'
import { dayName, NEVER_COLLECTED, weekStore } from '../../support/week.ts'
import { plain, reversed } from './reversed.ts'

const whenCaptured = hasCaptures ? test : test.skip

let week: Promise<Store> | undefined

async function diffOf(before: number, after: number): Promise<Diff> {
  const store = await (week ??= weekStore())
  return diffSnapshots(store, { id: before, name: dayName(before) }, { id: after, name: dayName(after) })
}

async function linesOf(before: number, after: number, rules = false): Promise<string[]> {
  const diff = await diffOf(before, after)
  assert.deepEqual(diff.unknown, NEVER_COLLECTED)
  return diffText({ ...diff, unknown: [] }, { rules })
    .trimEnd()
    .split('\n')
}

const head = (day: number, summary: string) => `${dayName(day)} → ${dayName(day + 1)}: ${summary}`

whenCaptured('day 2: demo/web has 8 endpoints instead of 5, demo/sticky 2 instead of 3', async (t) => {
  const lines = await linesOf(1, 2)
  t.is(lines[0], head(1, '12 services, 4 pods changed'))
  const web = lines.indexOf('  demo/lb-hostname, demo/lb-pending, demo/lb-ranges, demo/lb-static, demo/web')
  t.deepEqual(lines.slice(web + 1, web + 4), [
    '    3 endpoints gained on port 8080 (http), in the pods named at demo/extip',
    '    http 80/TCP goes to 5 → 8 endpoints on 3 of 3 nodes',
    '    rules changed with it on 3 of 3 nodes (−4 +13)'
  ])
  const sticky = lines.indexOf('  demo/sticky, demo/sticky-np')
  t.deepEqual(lines.slice(sticky + 1, sticky + 4), [
    '    1 endpoint lost: 10.42.1.53:8080 (http) ready sticky-54bb455bbc-pfwpk on kube-worker1',
    '    http 80/TCP goes to 3 → 2 endpoints on 3 of 3 nodes',
    '    rules changed with it on 3 of 3 nodes (−5 +1)'
  ])
  t.deepEqual(lines.slice(lines.indexOf('PODS')), [
    'PODS',
    '  demo/sticky-54bb455bbc-pfwpk: removed: 10.42.1.53 on kube-worker1 Running',
    '  demo/web-64f9b9c48-2t5ww: added: 10.42.1.57 on kube-worker1 Running',
    '  demo/web-64f9b9c48-t4vw6: added: 10.42.1.58 on kube-worker1 Running',
    '  demo/web-64f9b9c48-v4mgm: added: 10.42.0.190 on kube-master Running'
  ])
})

whenCaptured('day 3: a load balancer address and a node port', async (t) => {
  t.deepEqual(await linesOf(2, 3), [
    head(2, '2 services, 3 nodes changed'),
    '',
    'SERVICES',
    '  demo/lb-static',
    '    load balancer ips 198.51.100.30 → 198.51.100.99',
    '    packets to 198.51.100.30:80/TCP: its load balancer chain → no rule on 3 of 3 nodes',
    '    packets to 198.51.100.99:80/TCP: no rule → its load balancer chain on 3 of 3 nodes',
    '    rules changed with it on 3 of 3 nodes (−1 +1)',
    '  demo/np',
    '    port 80/TCP node port 30080 → 30099',
    '    packets to node port 30080/TCP: its endpoints → no rule on 3 of 3 nodes',
    '    packets to node port 30099/TCP: no rule → its endpoints on 3 of 3 nodes',
    '    rules changed with it on 3 of 3 nodes (−2 +2)',
    '',
    'NODES',
    '  kube-master, kube-worker1, kube-worker2',
    '    listener 0.0.0.0:30080/TCP removed',
    '    listener 0.0.0.0:30099/TCP added'
  ])
})

whenCaptured('day 4: kube-worker2 did not follow', async (t) => {
  const lines = await linesOf(3, 4)
  const web = lines.findIndex((line) => /^ {2}\S.*demo\/web$/.test(line))
  t.is(lines[web + 1], '    objects changed, rules of kube-worker2 did not follow')
  const services = lines
    .slice(lines.indexOf('SERVICES') + 1, lines.indexOf('PODS'))
    .filter((line) => /^ {2}\S/.test(line))
  t.is(
    lines.filter((line) => line.endsWith('rules of kube-worker2 did not follow')).length,
    services.length,
    'every Service with these pods'
  )
  const { changes } = filterDiff(await diffOf(3, 4), { service: 'demo/web', node: 'kube-worker2' }, () => [])
  t.deepEqual(
    changes.filter(({ aspect }) => aspect === 'rules').map(({ name, before, after }) => [name, before, after]),
    [['not-followed', 'agree', 'differ']]
  )
})

whenCaptured('day 5: kube-worker2 is back, kube-worker1 is cordoned', async (t) => {
  const lines = await linesOf(4, 5)
  t.true(lines.includes('  kube-worker1: unschedulable 0 → 1'))
  t.is(lines.filter((line) => line.includes('did not follow')).length, 0)
  t.true(
    lines.some((line) =>
      line.startsWith('    http 80/TCP goes to 8 → 8 endpoints only on kube-worker2: + 10.42.0.191:8080')
    )
  )
})

whenCaptured('day 6: a svclb pod is gone, and its DaemonSet', async (t) => {
  t.deepEqual(await linesOf(5, 6), [
    head(5, '1 service, 3 pods, 1 node, 1 daemonset changed'),
    '',
    'SERVICES',
    '  traefik-ns/traefik: svclb pod traefik-ns/svclb-traefik-xrmjk removed: on kube-worker2 Running',
    '',
    'PODS',
    '  traefik-ns/svclb-traefik-h5xcg, traefik-ns/svclb-traefik-j2dpv',
    '    owner kind DaemonSet → none',
    '    owner name svclb-traefik → none',
    '  traefik-ns/svclb-traefik-xrmjk',
    '    removed: 10.42.2.246 on kube-worker2 Running',
    '    rules changed with it on kube-worker2 (−13 +0)',
    '',
    'NODES',
    '  kube-worker1: unschedulable 1 → 0',
    '',
    'DAEMONSETS',
    '  traefik-ns/svclb-traefik: removed: wants 3 pods'
  ])
})

whenCaptured('day 7: one rule deleted by hand', async (t) => {
  t.deepEqual(await linesOf(6, 7, true), [
    head(6, '1 service changed'),
    '',
    'SERVICES',
    '  demo/web',
    '    rules changed although no object did, only on kube-master (−1 +0)',
    '    http 80/TCP goes to 8 → 7 endpoints only on kube-master: − 10.42.0.191:8080',
    '    rules only on kube-master:',
    '    *nat',
    '    − -A KUBE-SVC-XRY76EGRC3BSCIIJ -m comment --comment "demo/web:http" -m statistic --mode random --probability 0.12500000000 -j KUBE-SEP-62WOVBBT2XH3E24V'
  ])
})

whenCaptured('a snapshot is no different from itself, nor from itself imported again a day later', async (t) => {
  t.deepEqual((await diffOf(3, 3)).changes, [])
  const store = await weekStore()
  const { importSnapshot } = await import('../../../src/store/import/import-snapshot.ts')
  const { memorySnapshot } = await import('../../support/snapshot.ts')
  const { facts, weekItems } = await import('../../support/capture.ts')
  const at = new Date(Date.UTC(2026, 11, 1))
  await importSnapshot(store, memorySnapshot(facts(at), weekItems('week-1.20/day3', at)), at)
  t.deepEqual(diffSnapshots(store, { id: 3, name: dayName(3) }, { id: 8, name: 'again' }), {
    before: dayName(3),
    after: 'again',
    changes: [],
    unknown: NEVER_COLLECTED
  })
})

whenCaptured('each pair of days backwards is the same read backwards', async (t) => {
  for (let before = 1; before < 7; before++) {
    for (let after = before + 1; after <= 7; after++) {
      t.deepEqual(plain(await diffOf(after, before)), reversed(await diffOf(before, after)), `${before} and ${after}`)
    }
  }
})

whenCaptured('filters leave what they do not ask about', async (t) => {
  const diff = await diffOf(2, 3)
  t.deepEqual(
    new Set(filterDiff(diff, { service: 'np' }, () => []).changes.map(({ object }) => object)),
    new Set(['demo/np'])
  )
  t.deepEqual(
    new Set(filterDiff(diff, { kinds: ['node'] }, () => []).changes.map(({ section }) => section)),
    new Set(['node'])
  )
  t.deepEqual(
    new Set(filterDiff(diff, { node: 'kube-worker1', kinds: ['node'] }, () => []).changes.map(({ object }) => object)),
    new Set(['kube-worker1'])
  )
  t.deepEqual(filterDiff(diff, { namespace: 'traefik-ns' }, () => []).changes, [])
})
