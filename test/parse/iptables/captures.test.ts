import { spawnSync } from 'node:child_process'
import { decodeBytes, encodeBytes } from '../../../src/parse/iptables/bytes.ts'
import { readList } from '../../../src/parse/iptables/list.ts'
import { printDump, printSpec } from '../../../src/parse/iptables/print.ts'
import type { Dump, Table } from '../../../src/parse/iptables/rule.ts'
import { readSpecList } from '../../../src/parse/iptables/rules-spec.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import { parseSpec } from '../../../src/parse/iptables/spec.ts'
import { assertAgree } from './agree.ts'
import { readShared, sharedFiles, testWithCaptures } from './shared.ts'

/** `-m nfacct --nfacct-name  x` has two blanks; both separate words. */
function singleBlanks(text: string): string {
  return text.replace(/--nfacct-name {2}/g, '--nfacct-name ')
}

function* rulesOf(dump: Dump) {
  for (const { chains } of dump.tables) for (const { rules } of chains.values()) yield* rules
}

testWithCaptures('every iptables-save of the captures reads without a problem and prints as it stood', (t) => {
  let count = 0
  for (const path of sharedFiles('captures', /^ip6?tables(?:-nat)?-save(?:-c)?\.txt$/)) {
    const text = decodeBytes(readShared(path))
    const dump = readSave(text)
    t.deepEqual(dump.problems, [], path)
    t.true(
      dump.tables.every((table) => table.complete),
      path
    )
    t.is(printDump(dump, { counters: true }), text.replace(/^# Completed .*\n/gm, ''), path)
    for (const rule of rulesOf(dump)) {
      const spec = parseSpec(rule.text)
      count++
      if (printSpec(spec) !== singleBlanks(rule.text)) t.is(printSpec(spec), singleBlanks(rule.text), path)
      if (spec.remainder !== undefined || spec.target?.opaque || spec.matches.some((match) => match.opaque))
        t.fail(`${path}: ${rule.text}`)
    }
  }
  t.log(`${count} rules`)
  t.true(count > 10_000)
})

testWithCaptures('the oracle’s dumps, legacy and nft, read alike', (t) => {
  let count = 0
  for (const path of sharedFiles('oracle', /^flows-\d[\d.]*\.jsonl$/)) {
    for (const line of readShared(path).toString().trimEnd().split('\n')) {
      const { dumpSave, dumpSaveLegacy } = JSON.parse(line) as { dumpSave?: string; dumpSaveLegacy?: string }
      for (const text of [dumpSave, dumpSaveLegacy]) {
        if (text === undefined) continue
        const dump = readSave(text)
        t.deepEqual(dump.problems, [])
        for (const rule of rulesOf(dump)) {
          count++
          if (printSpec(parseSpec(rule.text)) !== singleBlanks(rule.text))
            t.is(printSpec(parseSpec(rule.text)), singleBlanks(rule.text))
        }
      }
    }
  }
  t.log(`${count} rules`)
  t.true(count > 10_000)
})

/** `column -t`; without the program the listing is compared as it stands only. */
function columned(text: string): string | null {
  const { stdout, status } = spawnSync('column', ['-t'], { input: encodeBytes(text), maxBuffer: 1 << 28 })
  return status === 0 ? decodeBytes(stdout) : null
}

const NODES = ['k8s-1.20/base', 'k8s-1.36/iptables', 'k8s-1.36/nftables'].flatMap((capture) =>
  ['kube-master', 'kube-worker1', 'kube-worker2'].map((node) => `captures/${capture}/${node}/`)
)
const LISTING = /iptables-(nat|filter|mangle)-(S|S-v|L-n|L-n-v|L-n-v-x-linenumbers)\.txt$/

for (const node of NODES) {
  testWithCaptures(`${node}: -S and -L say what save says`, (t) => {
    const save = readSave(decodeBytes(readShared(`${node}iptables-save.txt`)))
    let listings = 0
    for (const path of sharedFiles(node, LISTING)) {
      const [, table, options] = LISTING.exec(path) as unknown as [string, string, string]
      const text = decodeBytes(readShared(path))
      const expected = save.tables.find(({ name }) => name === table)
      if (!expected) continue
      const carried = { interfaces: options !== 'L-n', exactCounters: false }
      for (const form of options.startsWith('S') ? [text] : [text, columned(text)]) {
        if (form === null) continue
        const dump = options.startsWith('S') ? readSpecList(form, table) : readList(form, table)
        t.deepEqual(dump.problems, [], path)
        t.is(dump.tables.length, 1, path)
        t.true(dump.tables[0]!.complete, path)
        assertAgree(t, expected, dump.tables[0] as Table, carried)
        listings++
      }
    }
    t.true(listings > 5)
  })
}

testWithCaptures('without -n names stand for addresses: nothing unread, and named as such', (t) => {
  const dump = readList(decodeBytes(readShared('captures/k8s-1.20/base/kube-master/iptables-filter-L.txt')), 'filter')
  t.is(dump.lines.unread, 0)
  t.true(dump.lines.rules > 20)
  t.deepEqual(dump.problems, [])
})
