import { existsSync } from 'node:fs'
import * as v from 'valibot'
import { type Document, isMap, LineCounter, parseDocument, visit } from 'yaml'
import { readInput } from '../../input-file.ts'
import { UserError } from '../../problem.ts'
import { nearby } from '../nearest.ts'
import { type Config, configSchema } from './schema.ts'

/** Reads and checks a file of settings. Throws: UserError that names the line. */
export function readConfig(file: string): Config {
  if (!existsSync(file)) throw new UserError(`${file}: there is no such file; it was named as the configuration`)
  const lines = new LineCounter()
  const document = parseDocument(readText(file), { lineCounter: lines, merge: false })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined)
    throw new UserError(
      `${file}:${lines.linePos(problem.pos[0]).line}: ${problem.message.split('\n', 1)[0]!.replace(/ at line.*/, '')}`
    )
  visit(document, {
    Alias(_, { range }) {
      const line = lines.linePos(range?.[0] ?? 0).line
      throw new UserError(`${file}:${line}: refers to another place of the file (*…); write the setting out`)
    }
  })
  const result = v.safeParse(configSchema, document.toJS({ maxAliasCount: 0 }) ?? {})
  if (result.success) return result.output
  const [issue] = result.issues
  throw new UserError(`${file}:${lineOf(document, lines, issue.path ?? [])}: ${sentence(issue)}`)
}

function readText(file: string): string {
  try {
    return readInput(file).toString('utf8')
  } catch (error) {
    throw new UserError(`${file}: cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

type Issue = v.InferIssue<typeof configSchema>
type Path = NonNullable<Issue['path']>

function sentence(issue: Issue): string {
  const keys = issue.path?.map(({ key }) => String(key)) ?? []
  const name = keys.join('.')
  // Of a list valibot says that its first entry is no setting.
  if (Array.isArray(issue.path?.at(-1)?.input) && issue.expected === 'never')
    return keys.length > 1
      ? `${keys.slice(0, -1).join('.')} is a group of settings, not a list`
      : 'is no list of settings'
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const [best] = nearby(keys.at(-1)!, knownKeys(keys.slice(0, -1)))
    return `no setting ${name}${best === undefined ? '' : `; did you mean ${best}?`}`
  }
  if (name === '') return 'is no list of settings'
  const given = issue.received === 'undefined' ? '' : `, not ${issue.received}`
  return issue.kind === 'schema' ? `${name} is ${expected(issue.expected)}${given}` : `${name} ${issue.message}`
}

function expected(wanted: string | null): string {
  const words = new Map([
    ['string', 'a text'],
    ['number', 'a number'],
    ['boolean', 'true or false'],
    ['Array', 'a list'],
    ['Object', 'a group of settings']
  ])
  return words.get(wanted ?? '') ?? (wanted ?? '').replace(/^\((.*)\)$/, '$1').replaceAll(' | ', ', ')
}

function knownKeys(of: readonly string[]): string[] {
  const [section] = of
  const { entries } = configSchema
  if (section === undefined) return Object.keys(entries)
  return section === 'collect' || section === 'check' ? Object.keys(entries[section].wrapped.entries) : []
}

/** The line of the key at the end of the path, or of what stands nearest to it. */
function lineOf(document: Document, lines: LineCounter, path: Path | readonly []): number {
  let at = document.contents?.range?.[0] ?? 0
  let node: unknown = document.contents
  for (const { key } of path) {
    const pair = isMap(node) ? node.items.find((each) => String(each.key) === String(key)) : undefined
    if (pair === undefined) break
    at = (pair.key as { range?: [number, number, number] }).range?.[0] ?? at
    node = pair.value
  }
  return lines.linePos(at).line
}
