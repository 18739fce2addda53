import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { API_KINDS, type ApiName } from '../../../src/kinds/kinds.ts'
import { root } from '../../support/cli.ts'
import { planted, WHOLE_OBJECTS } from './whole-objects.ts'

/** Every text that an API object can hold is either named in docs/snapshot-format.md or dropped. */

for (const [plural, tree] of Object.entries(WHOLE_OBJECTS) as [ApiName, object][]) {
  test(`${plural}: the texts that are kept are those of the documentation`, (t) => {
    const texts = new Map<string, string>()
    const object = planted(tree, (path) => {
      const text = `c4n4ry-${texts.size}-`
      texts.set(text, path)
      return text
    })
    t.true(texts.size > 30, `${texts.size} places`)
    const kept = JSON.stringify(API_KINDS[plural].reduce(object))
    const paths = [...texts].filter(([text]) => kept.includes(text)).map(([, path]) => path)
    t.deepEqual([...new Set(paths)].sort(), documented(plural))
  })
}

/** The block of the documentation that names the kept fields: `plural:` and the paths below it, `{a,b}` for several. */
function documented(plural: ApiName): string[] {
  const text = readFileSync(join(root, 'docs/snapshot-format.md'), 'utf8')
  const [, block = ''] = /```kept\n([^]*?)```/.exec(text) ?? []
  const [, lines = ''] = new RegExp(`^${plural}:\\n((?: .*\\n)+)`, 'm').exec(block) ?? []
  const named = (of: string): string[] =>
    of
      .split(/\s+/)
      .filter((path) => path !== '')
      .flatMap(alternatives)
  const shared = Object.fromEntries(
    [...block.matchAll(/^(\w+) =((?: .*\n)(?: {2}.*\n)*)/gm)].map(([, name, paths]) => [name, named(paths!)])
  )
  const expand = (path: string): string[] => {
    const [, before = '', name = '', after] = /^(.*?)<(\w+)>(.*)$/.exec(path) ?? []
    return after === undefined ? [path] : shared[name]!.flatMap((one: string) => expand(`${before}${one}${after}`))
  }
  return [...new Set(named(lines).flatMap(expand))].sort()
}

/** `a.{b,c}` is `a.b` and `a.c`. */
function alternatives(path: string): string[] {
  const [, before, inner, after] = /^([^{]*)\{([^{}]*)\}(.*)$/.exec(path) ?? []
  return inner === undefined ? [path] : inner.split(',').flatMap((one) => alternatives(`${before}${one}${after}`))
}
