import test from 'ava'
import fc from 'fast-check'
import { decodeBytes, encodeBytes } from '../../../src/parse/iptables/bytes.ts'
import { readList } from '../../../src/parse/iptables/list.ts'
import { matchModules, type OptionForm, targetModules } from '../../../src/parse/iptables/options.ts'
import { printDump, printSpec } from '../../../src/parse/iptables/print.ts'
import type { Dump, Match, Operand, Option, RuleSpec, Target } from '../../../src/parse/iptables/rule.ts'
import { readSpecList } from '../../../src/parse/iptables/rules-spec.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import { sniffIptables } from '../../../src/parse/iptables/sniff.ts'
import { parseSpec } from '../../../src/parse/iptables/spec.ts'
import { unjoin } from '../../../src/parse/iptables/unjoin.ts'

const bareWord = fc.stringMatching(/^[A-Za-z0-9.:/,+!_][A-Za-z0-9.:/,+!_-]{0,11}$/).filter((word) => word !== '!')
const anyText = fc
  .oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom('', '!', '--comment', '-j', '"', '\\', "it's", 'x\nCOMMIT\n-A X', ' ')
  )
  .map((text) => text.replaceAll('\0', ''))
/** Printed bare, so that only where an option follows its end is certain. */
const rawText = fc
  .stringMatching(/^[a-z!][a-z0-9"'+!]{0,5}( [a-z][a-z0-9"]{0,5})?$/)
  .filter((text) => text !== '!' && !text.startsWith('! '))
/** -m NAME is read by the tokenizer, -j NAME as it stands. */
const chainName = fc.stringMatching(/^[A-Za-z0-9#*:'_][A-Za-z0-9#*:'"_-]{0,20}$/)

function valueFor({ quoting }: OptionForm): fc.Arbitrary<string> {
  if (quoting === 'raw') return rawText
  return quoting === 'verbatim' ? anyText.map((text) => text.replace(/["\\]/g, '')) : anyText
}

function optionOf(form: OptionForm): fc.Arbitrary<Option> {
  const words = form.optional ? { minLength: 0, maxLength: 1 } : { minLength: form.words, maxLength: form.words }
  return fc.record({ name: fc.constant(form.name), negated: fc.boolean(), args: fc.array(valueFor(form), words) })
}

const strangeOption: fc.Arbitrary<Option> = fc.record({
  name: fc.constantFrom('--zz-a', '--zz-b'),
  negated: fc.boolean(),
  args: fc.array(anyText, { maxLength: 3 })
})

function optionsOf(forms: ReadonlyMap<string, OptionForm>): fc.Arbitrary<Option[]> {
  return forms.size === 0
    ? fc.constant([])
    : fc.array(fc.constantFrom(...forms.values()).chain(optionOf), { maxLength: 4 })
}

const match: fc.Arbitrary<Match> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(...matchModules.entries())
      .chain(([module, forms]) => fc.record({ module: fc.constant(module), options: optionsOf(forms) }))
  },
  {
    weight: 1,
    arbitrary: fc.record({
      module: fc.constantFrom('zz', 'geoip'),
      options: fc.array(strangeOption, { maxLength: 2 }),
      opaque: fc.constant(true as const)
    })
  }
)

const target: fc.Arbitrary<Target> = fc.oneof(
  fc
    .constantFrom(...targetModules.entries())
    .chain(([name, forms]) =>
      fc.record({ name: fc.constant(name), goto: fc.constant(false), options: optionsOf(forms) })
    ),
  fc.record({
    name: chainName.filter((name) => !targetModules.has(name)),
    goto: fc.boolean(),
    options: fc.constant([])
  }),
  fc.record({
    name: fc.constant('ROUTE'),
    goto: fc.constant(false),
    options: fc.array(strangeOption, { minLength: 1, maxLength: 2 }),
    opaque: fc.constant(true as const)
  })
)

function operand(value: fc.Arbitrary<string>): fc.Arbitrary<Operand> {
  return fc.record({ negated: fc.boolean(), value })
}

const interfaceName = fc.oneof(
  fc.stringMatching(/^[a-z!*-][a-z0-9.+"-]{0,14}$/).filter((name) => name !== '!'),
  fc.constantFrom('we ird', '-x', '--', '+')
)

const spec: fc.Arbitrary<RuleSpec> = fc.record(
  {
    protocol: operand(bareWord),
    source: operand(bareWord),
    destination: operand(bareWord),
    inInterface: operand(interfaceName),
    outInterface: operand(interfaceName),
    fragment: fc.record({ negated: fc.boolean() }),
    matches: fc.array(match, { maxLength: 4 }),
    target
  },
  { requiredKeys: ['matches'] }
)

test('a printed rule reads as the rule it was', (t) => {
  fc.assert(
    fc.property(spec, (rule) => {
      t.deepEqual(parseSpec(printSpec(rule)), rule)
    }),
    { numRuns: 3000 }
  )
})

test('a rule in a dump stays one rule, whatever its values hold', (t) => {
  const value = fc
    .array(
      fc.oneof(
        anyText,
        fc.constantFrom(
          '"',
          '\\',
          '\n',
          '\nCOMMIT\n',
          '\n-A X -j DROP',
          '\n:Y - [0:0]\n',
          ' --comment "',
          '-c 1 2',
          '# Warning: ',
          '\r\n'
        )
      ),
      { maxLength: 8 }
    )
    .map((parts) => parts.join(''))
  const rule = fc.tuple(value, value).map(([comment, prefix]) =>
    printSpec({
      matches: [{ module: 'comment', options: [{ name: '--comment', negated: false, args: [comment] }] }],
      target: {
        name: 'LOG',
        goto: false,
        options: [
          { name: '--log-prefix', negated: false, args: [prefix] },
          { name: '--log-uid', negated: false, args: [] }
        ]
      }
    })
  )
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 5 }), (rules) => {
      const save = readSave(`*filter\n:X - [0:0]\n${rules.map((text) => `[1:2] -A X ${text}\n`).join('')}COMMIT\n`)
      const spec = readSpecList(`-N X\n${rules.map((text) => `-A X ${text}\n`).join('')}`, 'filter')
      for (const dump of [save, spec])
        t.deepEqual([dump.problems, dump.tables[0]!.chains.get('X')!.rules.map(({ text }) => text)], [[], rules])
    }),
    { numRuns: 1000 }
  )
})

const piece = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      'Chain INPUT (policy ACCEPT 1 packets, 2 bytes)\n',
      'Chain X (2 references)\n',
      'target     prot opt source               destination         \n',
      ' pkts bytes target     prot opt in     out     source               destination         \n',
      'num  target     prot opt source               destination         \n',
      'ACCEPT     tcp  --  0.0.0.0/0            0.0.0.0/0            ',
      '    1     2 X   all  --  *      *       ::/0                 fe80::1   ',
      'tcp dpt:80 ',
      '/* ',
      ' */',
      '\n',
      'root@n:~# iptables -t nat -L X -n',
      ' | column -t',
      ' | grep x',
      '# ',
      '-A X -m comment --comment "',
      '"',
      '\\',
      ' -j DNAT --to-destination 1.2.3.4\n',
      '-P INPUT DROP -c 1 2\n',
      '-N X\n',
      'LOG flags 0 level 4 prefix "',
      'policy match dir in pol ipsec ',
      'reqid 1 ',
      'rateest match ',
      'recent: CHECK name: ',
      'limit: up to ',
      '! ',
      ' -- ',
      '-m ',
      '-c 1 2 ',
      '-p tcp ',
      'all '
    )
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 5 }).map((bytes) => decodeBytes(bytes)) }
)
const anything = fc.array(piece, { maxLength: 40 }).map((parts) => decodeBytes(encodeBytes(parts.join(''))))

function lineCount(text: string): number {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length
}

function isWhole(dump: Dump, text: string): boolean {
  const counted = Object.values(dump.lines).reduce((sum, lines) => sum + lines, 0)
  const placed = dump.problems.every(
    ({ line, offset }) => line >= 1 && line <= lineCount(text) + 1 && offset >= 0 && offset <= encodeBytes(text).length
  )
  const rules = dump.tables.flatMap(({ chains }) => [...chains.values()]).flatMap((chain) => chain.rules)
  printDump(dump, { counters: true })
  for (const rule of rules) parseSpec(rule.text)
  return (
    counted === lineCount(text) &&
    placed &&
    (dump.lines.unread === 0 || dump.problems.length > 0) &&
    rules.length <= dump.lines.rules
  )
}

test('any text: every reader accounts for every line and throws nothing', (t) => {
  fc.assert(
    fc.property(anything, (text) => {
      sniffIptables(text)
      parseSpec(text)
      return (
        isWhole(readSave(text), text) &&
        isWhole(readSpecList(text, null), text) &&
        isWhole(readList(text), text) &&
        isWhole(readList(unjoin(text)), unjoin(text))
      )
    }),
    { numRuns: 5000 }
  )
  t.pass()
})

test('taking lines apart loses no word', (t) => {
  const words = (text: string) =>
    text
      .split(/\s+/)
      .filter((word) => word !== '')
      .join(' ')
  fc.assert(
    fc.property(anything, (text) => words(unjoin(text)) === words(text)),
    { numRuns: 3000 }
  )
  t.pass()
})

/** Each of these once took time by the square of its length, or might. */
const floods: readonly [string, string][] = [
  ['opened quotes', `*filter\n${'-A X -m comment --comment "\n'.repeat(40_000)}`],
  ['escaped quotes', `*filter\n${'-A X -m comment --comment "\\"\\"\\"\\"\n'.repeat(40_000)}`],
  ['undeclared chains', `*filter\n${Array.from({ length: 40_000 }, (_, index) => `-A X${index} "\n`).join('')}`],
  ['rules without quotes', `*filter\n${'-A X -j ACCEPT\n'.repeat(200_000)}-A X -m comment --comment "\n`],
  ['garbage', 'Killed\n'.repeat(100_000)],
  [
    'opened comments',
    'Chain X (1 references)\ntarget     prot opt source               destination         \n' +
      'ACCEPT     all  --  0.0.0.0/0            0.0.0.0/0            /* \n'.repeat(20_000)
  ],
  ['opened comments in one line', `Chain X (1 references) ${'/* '.repeat(100_000)}`],
  [
    'joined rows',
    `Chain X (1 references) target prot opt source destination ${'ACCEPT all -- 0.0.0.0/0 0.0.0.0/0 '.repeat(10_000)}`
  ],
  [
    'policy elements',
    `Chain X (1 references)\ntarget     prot opt source               destination         \nACCEPT     all  --  0.0.0.0/0            0.0.0.0/0            policy match dir in pol ipsec ${'reqid 1 '.repeat(2_000)}x\n`
  ],
  ['prompts', 'root@n:~# '.repeat(20_000)],
  ['words', `-m zz ${'a '.repeat(100_000)}`]
]

for (const [name, text] of floods) {
  test(`a flood of ${name} ends`, (t) => {
    for (const dump of [readSave(text), readSpecList(text, null), readList(text), readList(unjoin(text))])
      t.true(dump.problems.length > 0 || dump.lines.unread === 0)
    t.is(typeof parseSpec(text), 'object')
  })
}
