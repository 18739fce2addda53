/** Rules as Docker, Kubernetes network plugins, meshes, firewalls and virtual machines write them: none lost, none misread. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { chainKind } from '../../../src/model/chain-kinds.ts'
import { ruleColumns } from '../../../src/model/rule-columns.ts'
import { printSpec } from '../../../src/parse/iptables/print.ts'
import { readSave } from '../../../src/parse/iptables/save.ts'
import { parseSpec } from '../../../src/parse/iptables/spec.ts'
import { rulesets } from '../../support/rulesets.ts'

const files = readdirSync(rulesets)
const textOf = (file: string) => readFileSync(join(rulesets, file), 'utf8')

/** Everything but comments, in order. */
function told(text: string): string[] {
  const { tables } = readSave(text)
  return tables.flatMap(({ name, chains, complete }) => [
    `*${name} ${complete}`,
    ...[...chains.values()].flatMap((chain) => [
      `:${chain.name} ${chain.policy ?? '-'}`,
      ...chain.rules.map((rule) => `-A ${chain.name} ${rule.text}`)
    ])
  ])
}

/** Extensions that the kernel's own iptables does not have. */
const FOREIGN = ['match geoip is not known', 'target TARPIT is not known']

for (const file of files) {
  const text = textOf(file)
  const { tables, problems, lines } = readSave(text)
  const rules = tables.flatMap(({ chains }) => [...chains.values()].flatMap((chain) => chain.rules))

  test(`${file}: every line is read`, (t) => {
    t.deepEqual(problems, [])
    t.is(lines.rules, text.match(/^-A /gm)!.length)
    t.is(rules.length, lines.rules)
    t.true(tables.every(({ complete }) => complete))
  })

  test(`${file}: every rule is typed, and prints as it stood`, (t) => {
    for (const rule of rules) t.is(printSpec(parseSpec(rule.text)), rule.text)
    const foreign = rules.flatMap((rule) => ruleColumns(rule.text).notUnderstood ?? [])
    t.deepEqual(foreign, file === 'hosts.save' ? FOREIGN : [])
  })

  test(`${file}: every chain is known for whose it is`, (t) => {
    const unknown = tables
      .flatMap(({ chains }) => [...chains.keys()])
      .filter((name) => chainKind(name).kind === 'other')
    t.deepEqual(unknown, [])
  })

  const ways: readonly [way: string, change: (text: string) => string][] = [
    ['with CR LF', (whole) => whole.replaceAll('\n', '\r\n')],
    ['with CR alone', (whole) => whole.replaceAll('\n', '\r')],
    ['with a byte order mark', (whole) => `\ufeff${whole}`],
    ['without the last line feed', (whole) => whole.slice(0, -1)],
    ['with tabs around chains', (whole) => whole.replace(/^-A (\S+) /gm, '-A\t$1\t')],
    ['indented', (whole) => whole.replace(/^/gm, '    ')],
    ['with blank lines', (whole) => whole.replaceAll('\n', '\n\n')],
    ['with counters', (whole) => whole.replace(/^-A /gm, '[18446744073709551615:1] -A ')],
    ['without chain counters', (whole) => whole.replace(/ \[\d+:\d+\]$/gm, '')]
  ]
  for (const [way, change] of ways) {
    test(`${file} ${way} is the same dump`, (t) => {
      t.deepEqual(told(change(text)), told(text))
      t.deepEqual(readSave(change(text)).problems, [])
    })
  }
}

test('cut anywhere, what is missing is said', (t) => {
  const text = textOf('docker.save')
  for (let length = 0; length < text.length - 1; length += 97) {
    const { tables, problems, lines } = readSave(text.slice(0, length))
    const commits = (text.slice(0, length).match(/^COMMIT$/gm) ?? []).length
    t.is(tables.filter(({ complete }) => complete).length, commits, `${length}`)
    if (tables.length > commits)
      t.true(
        problems.some(({ message }) => /before COMMIT/.test(message)),
        `${length}`
      )
    t.is(
      Object.values(lines).reduce((sum, count) => sum + count, 0),
      text.slice(0, length).replace(/\n$/, '').split('\n').length - (length === 0 ? 1 : 0)
    )
  }
})
