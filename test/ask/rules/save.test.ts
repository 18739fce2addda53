/** What the store gives back of a dump is what the dump said, in its own order. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { storedDumps } from '../../../src/ask/rules/dump.ts'
import { saveLines } from '../../../src/ask/rules/save.ts'
import type { CollectedItem } from '../../../src/collect/item.ts'
import type { Dump } from '../../../src/parse/iptables/rule.ts'
import { decodeBytes } from '../../../src/parse/iptables/bytes.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import { importSnapshot } from '../../../src/store/import/import-snapshot.ts'
import { openStore, type Store } from '../../../src/store/open.ts'
import { fsck } from '../../../src/store/fsck/fsck.ts'
import { rulesets } from '../../support/rulesets.ts'
import { captures, facts, hasCaptures } from '../../support/capture.ts'
import { memorySnapshot } from '../../support/snapshot.ts'

const whenCaptured = hasCaptures ? test : test.skip
const at = new Date(Date.UTC(2026, 10, 22, 2))

function item(node: string, content: Buffer, ipv6: boolean): CollectedItem {
  const program = ipv6 ? 'ip6tables-save' : 'iptables-save'
  const time = at.toISOString()
  return { kind: program, node, command: [program], startedAt: time, endedAt: time, exitCode: 0, error: null, stderr: null, content }
}

function dumpFiles(): string[] {
  const names = readdirSync(captures, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /\/ip6?tables(-nft|-legacy)?-save(-c)?\.txt$/.test(name)).sort()
}

/** Tables in any order, all else as it stands. */
function told({ tables }: Dump, counters: boolean): object {
  return Object.fromEntries(tables.map(({ name, chains }) => [
    name,
    [...chains.values()].map((chain) => [
      chain.name, chain.policy, chain.policy === null ? null : chain.counters, ...chain.rules.map((rule) => (counters && rule.counters ? `[${rule.counters.packets}:${rule.counters.bytes}] ${rule.text}` : rule.text))
    ])
  ]))
}

const printed = (store: Store, node: string, family: string, counters: boolean) => {
  const dumps = storedDumps(store, { id: 1, name: 'x' }, node, family)
  return readSave(`${dumps.flatMap((dump) => [...saveLines(store, dump, { counters })]).join('\n')}\n`)
}

whenCaptured('every captured dump comes back out of the store word for word', async (t) => {
  const store = openStore(':memory:')
  const files = dumpFiles()
  t.true(files.length > 50)
  const contents = files.map((file) => readFileSync(join(captures, file)))
  const isIpv6 = (file: string) => file.includes('/ip6tables')
  await importSnapshot(store, memorySnapshot(facts(at), files.map((file, index) => item(file, contents[index]!, isIpv6(file)))), at)
  files.forEach((file, index) => {
    for (const counters of [true, false]) {
      const dump = readSave(decodeBytes(contents[index]!))
      t.deepEqual(told(printed(store, file, isIpv6(file) ? 'ipv6' : 'ipv4', counters), counters), told(dump, counters), file)
    }
  })
})

const stored = async (name: string, content: string) => {
  const store = openStore(':memory:')
  await importSnapshot(store, memorySnapshot(facts(at), [item('a', Buffer.from(content), name.includes('ipv6'))]), at)
  return store
}

for (const file of readdirSync(rulesets)) {
  test(`${file}: the rules of many programs come back out of the store word for word`, async (t) => {
    const content = readFileSync(join(rulesets, file), 'utf8')
    for (const text of [content, content.replace(/^-A /gm, '[18446744073709551615:7] -A '), content.replaceAll('\n', '\r\n')]) {
      t.deepEqual(told(printed(await stored(file, text), 'a', file === 'ipv6.save' ? 'ipv6' : 'ipv4', true), true), told(readSave(text), true))
    }
  })
}

/** Rules of a chain that no format is made for. */
const STRANGE: readonly [what: string, rules: readonly string[]][] = [
  ['NUL in one, a line feed in another', ['-m comment --comment "a\nb" -j RETURN', '-m comment --comment "c\0d" -j RETURN', '-j DROP\0']],
  ['the marks of forms', ['-m comment --comment "\x01\x02 \x05" -j ACCEPT', '-s 10.0.0.1/32 -m comment --comment "\x01" -j KUBE-SEP-AAAAAAAAAAAAAAAA']],
  ['quotes and backslashes in arguments', ['-s 10.0.0.1/32 -m comment --comment "a \\" b\\\\" -j ACCEPT', '-s 10.0.0.2/32 -m comment --comment "c \\" d\\\\" -j ACCEPT']],
  ['no text at all', ['', '-j ACCEPT', '']],
  ['the same twice', ['-j LOG', '-j LOG', '-j LOG']],
  ['more than one run', Array.from({ length: 200 }, (_, index) => `-s 10.0.${index}.1/32 -j ACCEPT`)],
  ['what JSON and SQL find special', ['-m comment --comment "$[0] \u2028 %s \' -- ; 🦊" -j ACCEPT', '-m comment --comment "[\\"x\\"]" -j ACCEPT']],
  ['very long', [`-m comment --comment "${'x'.repeat(1e6)}" -j ACCEPT`]]
]

for (const [what, rules] of STRANGE) {
  test(`strange rules come back: ${what}`, async (t) => {
    const text = `*filter\n:INPUT ACCEPT [1:2]\n:X-ABCDEFGH - [0:0]\n${rules.map((rule, index) => `[${index}:${index}] -A X-ABCDEFGH${rule === '' ? '' : ` ${rule}`}\n`).join('')}COMMIT\n`
    const store = await stored('', text)
    t.deepEqual(told(printed(store, 'a', 'ipv4', true), true), told(readSave(text), true))
    t.deepEqual(readSave(text).tables[0]!.chains.get('X-ABCDEFGH')!.rules.map((rule) => rule.text), [...rules])
    t.deepEqual(fsck(store), [])
  })
}

const CUT = '*nat\n:PREROUTING ACCEPT [5:300]\n:KUBE-SERVICES - [0:0]\n[7:420] -A PREROUTING -j KUBE-SERVICES\n'

test('a dump that was cut is printed as one', async (t) => {
  const store = openStore(':memory:')
  await importSnapshot(store, memorySnapshot(facts(at), [item('a', Buffer.from(CUT), false)]), at)
  const [dump] = storedDumps(store, { id: 1, name: 'x' }, 'a', 'ipv4')
  t.deepEqual([...saveLines(store, dump!, { counters: true })], [
    '# a, ipv4, snapshot x', '# Not all of it: not all of table nat could be read',
    '*nat', ':PREROUTING ACCEPT [5:300]', ':KUBE-SERVICES - [0:0]', '[7:420] -A PREROUTING -j KUBE-SERVICES', 'COMMIT'
  ])
  t.throws(() => storedDumps(store, { id: 1, name: 'x' }, 'b', 'ipv4'), { message: 'rules: x holds no ipv4 rules of a node b; it has rules of a' })
})

test('one table, one chain', async (t) => {
  const store = openStore(':memory:')
  const content = `${CUT}COMMIT\n*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n`
  await importSnapshot(store, memorySnapshot(facts(at), [item('a', Buffer.from(content), false)]), at)
  const [dump] = storedDumps(store, { id: 1, name: 'x' }, 'a', 'ipv4')
  const body = (choice: object) => [...saveLines(store, dump!, { counters: false, ...choice })].slice(1)
  t.deepEqual(body({ table: 'filter' }), ['*filter', ':INPUT DROP [0:0]', '-A INPUT -i lo -j ACCEPT', 'COMMIT'])
  t.deepEqual(body({ chain: 'PREROUTING' }), ['*nat', ':PREROUTING ACCEPT [5:300]', '-A PREROUTING -j KUBE-SERVICES', 'COMMIT'])
})
