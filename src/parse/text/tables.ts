import { words } from '../../words.ts'
import type { Problem } from '../iptables/rule.ts'
import { type Line, linesOf, problemAt } from '../sockets/lines.ts'

/** A table as kubectl prints it: its column names, and each row's cells by column. */
export interface KubectlTable {
  readonly columns: readonly string[]
  readonly rows: Record<string, string>[]
  readonly header: Line
}

const WORD = String.raw`\S+`
const COUNT = String.raw`\d+`
const ADDRESS = '[0-9a-fA-F.:]+|<none>'

/**
 * What a cell of a column looks like. By these a row is found again where its line ends are lost,
 * so a pattern must not match what the next column holds. Columns not named here are not known.
 */
const CELLS: Record<string, string> = words({
  NAMESPACE: '[a-z0-9-]+',
  NAME: '(?:[a-z0-9.-]+/)?[a-z0-9][a-z0-9.:-]*',
  READY: String.raw`\d+(?:/\d+)?`,
  STATUS: String.raw`[A-Za-z][\w:/,-]*`,
  RESTARTS: String.raw`\d+(?: \([^()\s]+ ago\))?`,
  AGE: String.raw`(?:\d+[a-z])+|<[a-z]+>`,
  IP: ADDRESS,
  NODE: WORD,
  'NOMINATED NODE': WORD,
  'READINESS GATES': String.raw`\d+/\d+|<none>`,
  LABELS: WORD,
  TYPE: '[A-Z][A-Za-z]+',
  'CLUSTER-IP': '[0-9a-fA-F.:]+|None|<none>',
  'EXTERNAL-IP': WORD,
  'PORT(S)': String.raw`<none>|\d+(?::\d+)?/[A-Z]+(?:,\d+(?::\d+)?/[A-Z]+)*`,
  SELECTOR: WORD,
  ENDPOINTS: String.raw`<none>|[0-9a-fA-F,\[\]]*[.:][0-9a-fA-F.,\[\]:]*(?: \+ \d+ more\.\.\.)?`,
  ROLES: WORD,
  VERSION: String.raw`v\S+`,
  'INTERNAL-IP': ADDRESS,
  'OS-IMAGE': '.{1,120}?',
  // Since 1.33 or so with the architecture: `6.18.44 (amd64)`.
  'KERNEL-VERSION': String.raw`\S+(?: \([^()\s]+\))?`,
  'CONTAINER-RUNTIME': String.raw`[\w.+-]+://\S+`,
  DESIRED: COUNT,
  CURRENT: COUNT,
  'UP-TO-DATE': COUNT,
  AVAILABLE: COUNT,
  'NODE SELECTOR': WORD,
  CONTAINERS: WORD,
  IMAGES: WORD
})

/** kubectl leaves the cell empty where every address of an Endpoints object is not ready. */
const MAY_BE_BLANK = 'ENDPOINTS'

const NAMES = Object.keys(CELLS)
  .filter((name) => name !== 'NAME' && name !== 'NAMESPACE')
  .sort((a, b) => b.length - a.length)
  .map((name) => name.replace(/[()]/g, '\\$&').replace(' ', '[ \\t]+'))
  .join('|')
const HEADER = new RegExp(String.raw`(?:NAMESPACE[ \t]+)?NAME(?:[ \t]+(?:${NAMES})(?=\s|$)){1,20}`, 'y')
const HEADER_WORDS = new RegExp(`(?:NAMESPACE|NAME|${NAMES})(?=\\s|$)`, 'g')
const OTHER_HEADER = /(?:NAMESPACE[ \t]+)?NAME[ \t]+[A-Z][A-Z()/ \t-]*(?=\s|$)/y

/**
 * Finds kubectl's tables in text, each in lines of its own or with all lines joined into one.
 * What is no row of a table is a problem, stretch by stretch; so is a table with a column unknown here.
 */
export function readTables(text: string): { tables: KubectlTable[]; unread: Problem[] } {
  const tables: KubectlTable[] = []
  const unread: Problem[] = []
  let row: RegExp | null = null
  /** Inside a table whose columns are not known: its one problem stands for its rows. */
  let unknown = false
  for (const line of linesOf(text)) {
    unknown &&= line.text.trim() !== ''
    for (let at = skipBlanks(line.text, 0); at < line.text.length; ) {
      const columns = headerAt(line.text, at)
      const cells: RegExpExecArray | null = columns ? null : matchAt(row, line.text, at)
      if (columns) {
        row = columns.known ? rowPattern(columns.known) : null
        unknown = row === null
        if (columns.known) tables.push({ columns: columns.known, rows: [], header: line })
        else
          unread.push(
            problemAt(
              { ...line, text: columns.text },
              `a table with columns snap does not read: ${columns.text.trim()}`
            )
          )
        at += columns.text.length
      } else if (cells !== null) {
        tables.at(-1)!.rows.push(namedCells(tables.at(-1)!.columns, cells))
        at += cells[0].length
      } else {
        const end = nextHeader(line.text, at)
        const rest = { ...line, text: line.text.slice(at, end).trimEnd() }
        if (!unknown) unread.push(problemAt(rest, row ? 'not a row of the table above' : 'not part of a listing'))
        at = end
      }
      at = skipBlanks(line.text, at)
    }
  }
  return { tables, unread }
}

function skipBlanks(text: string, at: number): number {
  return at + /^\s*/.exec(text.slice(at))![0].length
}

function matchAt(pattern: RegExp | null, text: string, at: number): RegExpExecArray | null {
  if (pattern === null) return null
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** The header that stands here; `known` is null where one of its columns is not. */
function headerAt(text: string, at: number): { text: string; known: string[] | null } | null {
  const header = matchAt(HEADER, text, at)?.[0]
  const widest = matchAt(OTHER_HEADER, text, at)?.[0].trimEnd()
  if (widest === undefined || widest.length > (header?.length ?? 0))
    return widest === undefined ? null : { text: widest, known: null }
  const known = [...header!.matchAll(HEADER_WORDS)].map(([name]) => name.replace(/[ \t]+/g, ' '))
  if (new Set(known).size < known.length) return { text: header!, known: null }
  return { text: header!, known }
}

function nextHeader(text: string, from: number): number {
  const found = /\s(?=(?:NAMESPACE\s+)?NAME\s+[A-Z]{2,})/.exec(text.slice(from + 1))
  return found === null ? text.length : from + 1 + found.index
}

function rowPattern(columns: readonly string[]): RegExp {
  const cells = columns.map((column, index) => {
    const blanks = index === 0 ? '' : String.raw`[ \t]+`
    const cell = `${blanks}(${CELLS[column]})`
    return column === MAY_BE_BLANK ? `(?:${cell})?` : cell
  })
  return new RegExp(`${cells.join('')}(?=\\s|$)`, 'y')
}

function namedCells(columns: readonly string[], cells: RegExpExecArray): Record<string, string> {
  return Object.fromEntries(columns.map((column, index) => [column, cells[index + 1] ?? '']))
}
