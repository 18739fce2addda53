/** What this machine's nft lists, read, printed, loaded and listed again; text and JSON of it are one model. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { readRulesetJson } from '../../../src/parse/nft/json.ts'
import { printRuleset } from '../../../src/parse/nft/print.ts'
import { canPrint } from '../../../src/parse/nft/print-statement.ts'
import { readRulesetText } from '../../../src/parse/nft/text.ts'
import { rulesets } from './arbitrary-ruleset.ts'
import { loadEach, nftMissing } from './real-nft.ts'
import { comparable, statementsOf } from './same.ts'

const missing = nftMissing()
const withNft = missing === undefined ? test : test.skip
const needs = missing === undefined ? '' : ` (skipped: ${missing})`

/** By hand more: SNAP_NFT_RULESETS=600. */
const COUNT = Number(process.env.SNAP_NFT_RULESETS ?? 40)

withNft(`${COUNT} generated rulesets: text and JSON are one, and what is printed loads as the same${needs}`, (t) => {
  const texts = fc.sample(
    rulesets(() => true),
    { numRuns: COUNT, seed: 16 }
  )
  const listed = loadEach(texts)
  // This nft dies of some rules when it prints JSON.
  // After an icmp match it lists `th dport` as `icmp checksum`, which it does not load itself.
  const loaded = listed.filter(
    ({ error, text, json }) => error === '' && json !== '' && !text.includes('icmp checksum')
  )
  const again = loadEach(loaded.map(({ text }) => printRuleset(readRulesetText(text))))
  const fromJson = loadEach(loaded.map(({ json }) => printRuleset(readRulesetJson(json))))
  loaded.forEach(({ text, json }, at) => {
    const model = readRulesetText(text)
    t.deepEqual(model.problems, [])
    t.deepEqual(
      statementsOf(model).filter(({ kind }) => kind === 'unread'),
      [],
      text
    )
    t.deepEqual(comparable(readRulesetJson(json)), comparable(model), text)
    t.is(again[at]!.error, '')
    t.is(again[at]!.text, text)
    t.deepEqual(comparable(readRulesetText(fromJson[at]!.text)), comparable(model), fromJson[at]!.error)
  })
  t.log(`${loaded.length} of ${texts.length} loaded`)
  t.true(loaded.length > COUNT * 0.8, listed.map(({ error }) => error).join(''))
})

withNft(`-s, -a and -n of one ruleset differ in what they say they differ in${needs}`, (t) => {
  const texts = fc.sample(
    rulesets(() => true),
    { numRuns: 8, seed: 5 }
  )
  const [plain, handles, stateless, numeric] = ['', '-a', '-s', '-n'].map((option) => loadEach(texts, option))
  plain!.forEach(({ text }, at) => {
    const model = readRulesetText(text)
    const withHandles = readRulesetText(handles![at]!.text)
    t.deepEqual(comparable(withHandles), comparable(model))
    t.true([...(withHandles.tables[0]?.chains.values() ?? [])].every(({ handle }) => handle !== undefined))
    const kinds = statementsOf(model).map(({ kind }) => kind)
    for (const other of [stateless!, numeric!]) {
      const read = readRulesetText(other[at]!.text)
      t.deepEqual(
        statementsOf(read).map(({ kind }) => kind),
        kinds,
        other[at]!.text
      )
    }
  })
})

const captures = new URL('../../../../../shared/captures/k8s-1.36/nftables/', import.meta.url)
const withCaptures = missing === undefined && existsSync(captures) ? test : test.skip

for (const node of ['kube-master', 'kube-worker1', 'kube-worker2']) {
  withCaptures(`a real node, ${node}: printed, loaded, listed, it is as it was${needs}`, (t) => {
    const read = readRulesetText(readFileSync(new URL(`${node}/nft-list-ruleset.txt`, captures), 'utf8'))
    const tables = read.tables.filter((table) => statementsOf({ ...read, tables: [table] }).every(canPrint))
    t.true(tables.some(({ name }) => name === 'kube-proxy'))
    const text = printRuleset({ ...read, tables })
    const [listed] = loadEach([text])
    t.is(listed!.error, '')
    t.deepEqual(comparable(readRulesetText(listed!.text)), comparable({ ...read, tables }))
  })
}

/** nftables' own: what its shell tests expect to be listed. */
const source = process.env.SNAP_NFTABLES_SOURCE ?? ''
const shell = join(source, 'tests/shell/testcases')
const withSource = missing === undefined && source !== '' && existsSync(shell) ? test : test.skip

withSource(`nftables' own listings are read, printed and listed as they were${needs}`, (t) => {
  const files = readdirSync(shell, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.nft'))
  const texts = files.map((file) => readFileSync(join(shell, file), 'utf8'))
  const listed = loadEach(texts)
  const loaded = listed.flatMap(({ error, text, json }, at) => (error === '' ? [{ file: files[at]!, text, json }] : []))
  const again = loadEach(loaded.map(({ text }) => printRuleset(readRulesetText(text))))
  loaded.forEach(({ file, text }, at) => {
    const model = readRulesetText(text)
    t.deepEqual(model.problems, [], file)
    // The order of a set's elements is the kernel's own.
    t.deepEqual(words(again[at]!.text), words(text), `${file}: ${again[at]!.error}`)
  })
  t.log(`${loaded.length} of ${files.length} load here`)
  t.true(loaded.length > 100)
})

function words(text: string): string[] {
  return text
    .replace(/ expires \w+/g, '')
    .split(/[\s,]+/)
    .sort()
}
