/** What kubectl printed of the captured cluster is what `snap get -o wide` prints of its snapshot. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { kindOf } from '../../../src/ask/get/kinds.ts'
import { objects } from '../../../src/ask/get/objects.ts'
import { scopeTo } from '../../../src/ask/sql/scope.ts'
import { cellText } from '../../../src/report/format/cell.ts'
import { getRows } from '../../../src/report/get/table.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../src/store/open.ts'
import { clusterItems } from '../../support/base-capture.ts'
import { captures, facts, hasCaptures } from '../../support/capture.ts'
import { memorySnapshot } from '../../support/snapshot.ts'

const whenCaptured = hasCaptures ? test : test.skip

/** The tables of `kubectl get nodes,services,endpoints,pods -A -o wide`: each begins with its line of headings. */
function printedTables(): Map<string, { head: string[]; rows: string[][] }> {
  const text = readFileSync(join(captures, 'k8s-1.20/base/kubectl/all-wide.txt'), 'utf8')
  const tables = new Map<string, { head: string[]; rows: string[][] }>()
  for (const block of text.split('\n\n')) {
    const [head = '', ...lines] = block.split('\n').filter((line) => line !== '')
    const starts = [...head.matchAll(/(?<=^|\s{2,})\S/g)].map(({ index }) => index)
    const cells = (line: string) => starts.map((start, index) => line.slice(start, starts[index + 1]).trim())
    const rows = lines.map(cells)
    const name = cells(head).indexOf('NAME')
    const kind = rows[0]?.[name]?.split('/')[0]
    if (kind)
      tables.set(kindOf(kind)!.name, {
        head: cells(head),
        rows: rows.map((row) => row.map((text, index) => (index === name ? text.replace(/^[^/]*\//, '') : text)))
      })
  }
  return tables
}

/** Columns that depend on when kubectl was asked, or that snap does not keep. */
const LEFT_OUT = new Set(['AGE', 'NOMINATED NODE', 'READINESS GATES', 'NOT-READY'])

for (const name of ['nodes', 'services', 'endpoints', 'pods']) {
  whenCaptured(`get ${name} -o wide`, async (t): Promise<void> => {
    const at = new Date(Date.UTC(2026, 10, 22))
    const store = openStore(':memory:')
    const { name: snapshot } = memorySnapshot(facts(at), [])
    await importSnapshot(store, memorySnapshot(facts(at), clusterItems('k8s-1.20/base', at)), at)
    scopeTo(store, snapshot)
    const kind = kindOf(name)!
    const { columns, rows } = getRows(kind, objects(store, kind, {}), {
      wide: true,
      namespaces: true,
      takenAt: at.toISOString()
    })
    const { head, rows: printed } = printedTables().get(name)!
    const kept = (all: readonly string[], row: readonly unknown[]) =>
      Object.fromEntries(all.flatMap((column, index) => (LEFT_OUT.has(column) ? [] : [[column, cellText(row[index])]])))
    const byName = (list: Record<string, string>[]) =>
      list.sort((a, b) => (`${a.NAMESPACE}/${a.NAME}` < `${b.NAMESPACE}/${b.NAME}` ? -1 : 1))
    const [shown, wanted] = [
      byName(rows.map((row) => kept(columns, row))),
      byName(printed.map((row) => kept(head, row)))
    ]
    if (name !== 'endpoints') {
      t.deepEqual(shown, wanted)
      return
    }
    // kubectl shows Endpoints objects in an order of their own; snap what the EndpointSlices say, hand-made ones too.
    const same = wanted.filter(({ NAME }) => !['orphan-endpoints', 'manual'].includes(NAME!))
    t.true(same.length > 30)
    for (const { NAMESPACE, NAME, ENDPOINTS } of same) {
      const its = shown.find((row) => row.NAMESPACE === NAMESPACE && row.NAME === NAME)?.ENDPOINTS ?? 'missing'
      if (ENDPOINTS!.includes(' more...')) t.is(its.split(' + ')[1], ENDPOINTS!.split(' + ')[1], NAME)
      else t.deepEqual(its.split(',').sort(), (ENDPOINTS || '<none>').split(',').sort(), NAME)
    }
  })
}
