import test from 'ava'
import type { CollectedItem } from '../../../src/collect/item.ts'
import { storeOf } from '../../support/dump-snapshot.ts'
import { memorySnapshot } from '../../support/snapshot.ts'

const AT = '2026-01-01T00:00:00.000Z'
const PROC = `==> /proc/net/fib_trie <==
Local:
  +-- 0.0.0.0/0 3 0 5
     |-- 10.42.1.0
        /32 host LOCAL
     |-- 192.0.2.7
        /32 host LOCAL
==> /proc/net/route <==
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`

function proc(content: string | null, error: string | null = null): CollectedItem {
  return {
    kind: 'ip-proc',
    node: 'n1',
    command: ['grep'],
    startedAt: AT,
    endedAt: AT,
    exitCode: error === null ? 0 : 1,
    error,
    stderr: null,
    content: content === null ? null : Buffer.from(content)
  }
}

const storeWith = (item: CollectedItem) =>
  storeOf([memorySnapshot({ cluster: { name: 'test', uid: null }, tool: 'test', startedAt: AT, endedAt: AT }, [item])])

test('a node without ip has addresses and routes, and says of which address the interface is unknown', async (t) => {
  const store = await storeWith(proc(PROC))
  t.deepEqual(store.prepare('SELECT address, interface, prefix_length FROM node_addresses ORDER BY 1').raw().all(), [
    ['10.42.1.0', null, 32],
    ['192.0.2.7', 'eth0', 24]
  ])
  t.deepEqual(store.prepare('SELECT destination, interface FROM routes').raw().all(), [['192.0.2.0/24', 'eth0']])
  t.deepEqual(store.prepare('SELECT subject, status FROM coverage ORDER BY 1').raw().all(), [
    ['addresses', 'complete'],
    ['routes', 'complete']
  ])
})

test('where the files were not read, both are unknown', async (t) => {
  const store = await storeWith(proc(null, 'timed out'))
  t.deepEqual(store.prepare('SELECT subject, status, detail FROM coverage ORDER BY 1').raw().all(), [
    ['addresses', 'failed', 'timed out'],
    ['routes', 'failed', 'timed out']
  ])
})
