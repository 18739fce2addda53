/** What nft printed on the nodes of a real cluster, as text, with handles, and as JSON. */
import { existsSync, readFileSync } from 'node:fs'
import test from 'ava'
import { isOfIptables } from '../../../src/parse/nft/iptables-tables.ts'
import { readRuleset } from '../../../src/parse/nft/read.ts'
import type { NftTable } from '../../../src/parse/nft/ruleset.ts'
import { comparable, statementsOf } from './same.ts'

const captures = new URL('../../../../../shared/captures/k8s-1.36/nftables/', import.meta.url)
const withCaptures = existsSync(captures) ? test : test.skip
const needs = existsSync(captures) ? '' : ' (skipped: no ../shared/captures)'

/** iptables' own tables: text shows what xtables of the machine translate, JSON does not. */
const notOfIptables = (table: NftTable): boolean => !isOfIptables(table)

for (const node of ['kube-master', 'kube-worker1', 'kube-worker2']) {
  const read = (file: string) => readRuleset(readFileSync(new URL(`${node}/${file}`, captures), 'utf8'))

  withCaptures(`${node}: all is read, and all three listings are one${needs}`, (t) => {
    const [text, handles, json] = ['nft-list-ruleset.txt', 'nft-a-list-ruleset.txt', 'nft-list-ruleset.json'].map(read)
    for (const each of [text!, handles!, json!]) {
      t.deepEqual(each.problems, [])
      t.true(each.complete)
      t.deepEqual(
        each.tables.flatMap(({ unread }) => unread),
        []
      )
      const judged = { ...each, tables: each.tables.filter(notOfIptables) }
      t.deepEqual(
        statementsOf(judged).filter(({ kind }) => kind === 'unread'),
        []
      )
    }
    t.deepEqual(comparable(json!, notOfIptables), comparable(text!, notOfIptables))
    t.deepEqual(comparable(handles!, notOfIptables), comparable(text!, notOfIptables))
    t.deepEqual(
      text!.tables.filter(notOfIptables).map(({ family, name }) => `${family} ${name}`),
      ['ip kube-proxy', 'ip6 kube-proxy'].filter((name) =>
        text!.tables.some((each) => `${each.family} ${each.name}` === name)
      )
    )
  })
}

withCaptures(`what nft could not show of iptables' extensions is a gap, not nothing${needs}`, (t) => {
  const { tables } = readRuleset(readFileSync(new URL('kube-worker1/nft-list-ruleset.txt', captures), 'utf8'))
  const nat = tables.find(({ family, name }) => family === 'ip6' && name === 'nat')!
  const rules = nat.chains.get('CNI-DN-f3e31981929b8c864fd75')!.rules
  t.deepEqual(
    rules[1]!.statements.map((each) => [each.kind, 'hidden' in each]),
    [
      ['match', false],
      ['counter', false],
      ['unread', true]
    ]
  )
})
