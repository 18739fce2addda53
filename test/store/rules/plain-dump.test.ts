import { readFileSync } from 'node:fs'
import test from 'ava'
import fc from 'fast-check'
import { dumpText } from '../../../scripts/bench/dump.ts'
import { Days } from '../../../scripts/bench/services.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import { NotPlain } from '../../../src/store/rules/blocks.ts'
import { type ListedDump, listedDump, rulesOf, textOf } from '../../../src/store/rules/listed-chain.ts'
import { type PlainDump, readPlainDump } from '../../../src/store/rules/plain-dump.ts'
import { Skimmer } from '../../../src/store/rules/skim.ts'
import { arbitraryDump } from '../../support/arbitrary-dump.ts'
import { captures, hasCaptures } from '../../support/capture.ts'

/** By table and name. */
function content({ chains, hits, policies }: ListedDump): unknown {
  const inOrder = [...chains].sort((a, b) => (`${a.table} ${a.name}` < `${b.table} ${b.name}` ? -1 : 1))
  return [
    policies,
    ...inOrder.map((chain) => ({
      table: chain.table,
      name: chain.name,
      policy: chain.policy,
      complete: chain.complete,
      text: textOf(chain),
      rules: rulesOf(chain),
      hits: hits && rulesOf(chain).map((_, index) => hits[chain.firstRule + index])
    }))
  ]
}

/** Null also where a block turns out not to be plain. */
function plainDump(text: string): ListedDump | null {
  const plain = readPlainDump(Buffer.from(text, 'latin1'))
  try {
    return (
      plain && { ...plain, chains: [...plain.blocks.shared, ...plain.blocks.local].flatMap(({ chains }) => chains()) }
    )
  } catch (error) {
    if (error instanceof NotPlain) return null
    throw error
  }
}

test('a dump of kube-proxy is plain, and read as the careful reader reads it', (t) => {
  for (const counters of ['none', 'zero', 'all'] as const) {
    const text = dumpText(new Days({ services: 20, endpoints: 3 }).services, { counters, shuffle: true })
    const plain = plainDump(text)
    t.not(plain, null)
    t.deepEqual(content(plain!), content(listedDump(readSave(text))))
  }
})

const proxyDump = fc
  .record({ counters: fc.constantFrom('none' as const, 'zero' as const, 'all' as const), seed: fc.nat(100) })
  .map((options) => dumpText(new Days({ services: 4, endpoints: 2 }).services, options))

test('a dump skimmed while it comes gives the same blocks, wherever it is cut', (t) => {
  fc.assert(
    fc.property(fc.oneof(arbitraryDump, proxyDump), fc.array(fc.nat()), (text, cuts) => {
      const content = Buffer.from(text, 'latin1')
      const skimmer = new Skimmer()
      for (const cut of cuts.map((at) => at % (content.length + 1)).sort((a, b) => a - b))
        skimmer.advance(content.subarray(0, cut))
      t.deepEqual(described(readPlainDump(content, skimmer)), described(readPlainDump(content)))
    }),
    { numRuns: 500 }
  )
})

/** What tells two plain dumps apart. */
function described(plain: PlainDump | null): unknown {
  return (
    plain && [
      plain.policies,
      plain.generated,
      [plain.blocks.shared, plain.blocks.local].map((blocks) => blocks.map(({ hash }) => hash))
    ]
  )
}

/** What may become of a dump on its way. */
const damage = fc.oneof(
  fc.record({
    at: fc.nat(),
    insert: fc.constantFrom(
      ' ',
      '"',
      '\\',
      '\n',
      '\t',
      '\r',
      '-',
      ':',
      '[',
      '[1:2] ',
      '#',
      '*nat\n',
      'COMMIT\n',
      '-A X\n',
      ' -c 1 2 ',
      ':X - [0:0]\n'
    )
  }),
  fc.record({ at: fc.nat(), remove: fc.integer({ min: 1, max: 200 }) })
)

test('what both readers read, both read alike, however damaged', (t) => {
  let plainOnes = 0
  fc.assert(
    fc.property(fc.oneof(arbitraryDump, proxyDump), fc.array(damage, { maxLength: 2 }), (whole, damages) => {
      let text = whole
      for (const hurt of damages) {
        const at = hurt.at % (text.length + 1)
        text =
          'insert' in hurt
            ? text.slice(0, at) + hurt.insert + text.slice(at)
            : text.slice(0, at) + text.slice(at + hurt.remove)
      }
      const plain = /^[\x00-\x7f]*$/.test(text) ? plainDump(text) : null
      if (!plain) return
      plainOnes++
      const dump = readSave(text)
      t.deepEqual(dump.problems, [])
      t.deepEqual(
        dump.tables.filter(({ complete }) => !complete),
        []
      )
      t.deepEqual(content(plain), content(listedDump(dump)))
    }),
    { numRuns: 2000 }
  )
  t.true(plainOnes > 100, `${plainOnes} of 2,000 were plain`)
})

test('a table with a name that iptables never prints is not plain', (t) => {
  for (const [name, isPlain] of [
    ['nat', true],
    ['', false],
    ['nat ', false],
    ['n at', false],
    ['nat\t', false],
    ['nat\r', false],
    ['# Table', false]
  ] as const) {
    t.is(plainDump(`*${name}\n:INPUT ACCEPT [0:0]\nCOMMIT\n`) !== null, isPlain, JSON.stringify(name))
  }
})

;(hasCaptures ? test : test.skip)('dumps of real nodes are plain', (t) => {
  for (const node of ['kube-master', 'kube-worker1', 'kube-worker2']) {
    const text = readFileSync(`${captures}week-1.20/day1/nodes/${node}/iptables-save.txt`, 'latin1')
    const plain = plainDump(text)
    t.not(plain, null, node)
    t.deepEqual(content(plain!), content(listedDump(readSave(text))))
  }
})
