import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { decodeBytes, encodeBytes } from '../../../src/parse/iptables/bytes.ts'
import { readList } from '../../../src/parse/iptables/list.ts'
import { printDump, printSpec } from '../../../src/parse/iptables/print.ts'
import { readSpecList } from '../../../src/parse/iptables/rules-spec.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import { parseSpec } from '../../../src/parse/iptables/spec.ts'
import { assertAgree } from './agree.ts'
import { BACKENDS, FAMILIES, type RealDumps } from './real-iptables.ts'

/** The unpacked source of Debian's iptables package; its extensions/*.t list rules for every extension. */
const source = process.env.SNAP_IPTABLES_SOURCE ?? ''
const missing = !existsSync(join(source, 'extensions'))
  ? 'SNAP_IPTABLES_SOURCE names no iptables source'
  : process.getuid?.() !== 0
    ? 'only root may load rules'
    : spawnSync('unshare', ['-n', 'iptables-legacy', '-S']).status !== 0
      ? 'iptables or a network namespace is not to be had here'
      : null

if (missing) {
  test.skip(`real iptables: ${missing}`, (t) => t.pass())
} else {
  for (const backend of BACKENDS)
    for (const family of FAMILIES)
      test(`real iptables: ${backend}, IPv${family}`, (t) => agreesWithItself(t, backend, family))
}

function agreesWithItself(t: ExecutionContext, backend: string, family: string): void {
  t.timeout(300_000)
  const loader = fileURLToPath(new URL('real-iptables.js', import.meta.url))
  const dumps = JSON.parse(
    execFileSync('unshare', ['-n', process.execPath, loader, source, backend, family], {
      maxBuffer: 1 << 28
    }).toString()
  ) as RealDumps
  t.log(`${dumps.loaded} rules loaded, ${dumps.refused} refused by this kernel`)
  t.true(dumps.loaded > 400)
  const save = readSave(dumps.saveCounted)
  t.deepEqual(save.problems, [])
  t.is(printDump(save, { counters: true }), dumps.saveCounted.replace(/^# Completed .*\n/gm, ''))
  t.is(printDump(readSave(dumps.save), { counters: false }), dumps.save.replace(/^# Completed .*\n/gm, ''))
  for (const { chains } of save.tables) {
    for (const { text } of [...chains.values()].flatMap(({ rules }) => rules)) {
      const spec = parseSpec(text)
      t.is(printSpec(spec), text)
      t.deepEqual(
        [spec.remainder, spec.target?.opaque, ...spec.matches.map((match) => match.opaque)].filter(
          (part) => part !== undefined
        ),
        [],
        text
      )
    }
  }
  assertOdd(t, dumps.odd)
  for (const [name, lists] of Object.entries(dumps.lists)) {
    const table = save.tables.find((candidate) => candidate.name === name)
    if (!table) continue
    for (const [options, text] of Object.entries(lists)) {
      // iptables-nft 1.8.9 lists nothing for -m eui64.
      const unlisted = backend === 'nft' && options.startsWith('-L') ? ['eui64'] : []
      const carried = { interfaces: options !== '-L -n', exactCounters: /-x|-S -v/.test(options), unlisted }
      if (options.startsWith('-S')) {
        const dump = readSpecList(text, name)
        t.deepEqual(dump.problems, [])
        assertAgree(t, table, dump.tables[0]!, carried)
        continue
      }
      const dump = readList(text, name)
      t.deepEqual([dump.lines.unread, dump.tables.length], [0, 1], options)
      assertAgree(t, table, dump.tables[0]!, carried)
      assertColumned(t, text, name)
    }
  }
}

/** Values with line feeds and quotes, names printed raw: every rule is one rule again, with the words it was made of. */
function assertOdd(t: ExecutionContext, { taken, save, spec, list }: RealDumps['odd']): void {
  const dumps = [readSave(save), readSpecList(spec, 'raw')]
  for (const dump of dumps) {
    const { rules } = dump.tables[0]!.chains.get('T-odd')!
    t.is(rules.length, taken.length)
    t.deepEqual(
      rules.map(({ text }) => wordsOf(text)),
      taken.map((rule) => [...rule].sort())
    )
    t.is(dump.lines.unread, 0)
  }
  t.is(printDump(dumps[0]!, { counters: true }), save.replace(/^# Completed .*\n/gm, ''))
  const listed = readList(list, 'raw').tables[0]!.chains.get('T-odd')!.rules
  t.is(listed.length, taken.length)
  for (const [index, rule] of taken.entries()) {
    const unreadable = listed[index]!.unreadable ?? []
    // A literal `*` is what listings print for any interface.
    if (!unreadable.includes('match') && !rule.includes('*'))
      t.deepEqual(wordsOf(listed[index]!.text), [...rule].sort())
  }
}

function wordsOf(text: string): string[] {
  const { matches, target, inInterface } = parseSpec(text)
  const options = [...matches, ...(target ? [target] : [])].flatMap((part) => part.options)
  return [
    ...matches.flatMap(({ module }) => ['-m', module]),
    ...(target ? ['-j', target.name] : []),
    ...(inInterface ? [...(inInterface.negated ? ['!'] : []), '-i', inInterface.value] : []),
    ...options.flatMap(({ name, negated, args }) => [...(negated ? ['!'] : []), name, ...args])
  ].sort()
}

/** `column -t` makes one blank of two and spells odd bytes out; nothing else may change. */
function assertColumned(t: ExecutionContext, listing: string, table: string): void {
  const { stdout, status } = spawnSync('column', ['-t'], { input: encodeBytes(listing), maxBuffer: 1 << 28 })
  if (status !== 0) return void t.log('no column')
  const [plain, columned] = [readList(listing, table), readList(decodeBytes(stdout), table)]
  t.is(columned.lines.unread, 0)
  for (const [name, chain] of plain.tables[0]!.chains) {
    const rules = columned.tables[0]!.chains.get(name)!.rules
    t.deepEqual(
      rules.map(({ text }) => text),
      chain.rules.map(({ text }) => asColumned(text))
    )
    t.deepEqual(
      rules.map(({ counters }) => counters),
      chain.rules.map(({ counters }) => counters)
    )
  }
}

function asColumned(text: string): string {
  return text
    .replace(/ {2,}/g, ' ')
    .replace(/[\u{10ff80}-\u{10ffff}]/gu, (byte) => `\\\\x${(byte.codePointAt(0)! - 0x10ff00).toString(16)}`)
}
