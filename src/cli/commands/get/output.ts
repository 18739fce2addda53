import type { Kind } from '../../../ask/get/kind.ts'
import type { Got } from '../../../ask/get/path.ts'
import { UserError } from '../../../problem.ts'
import { formatDocument, formatJson, formatJsonl } from '../../../report/format/json.ts'
import { formatYaml } from '../../../report/format/yaml.ts'
import { type CustomColumn, customRows, getNames, getRows } from '../../../report/get/table.ts'
import { print, write } from '../../terminal/print.ts'

export interface GetOutput {
  readonly format: string
  readonly columns?: readonly CustomColumn[]
  /** JSON and the like print an empty list, a table nothing. */
  readonly isForPrograms: boolean
}

const FORMATS = ['table', 'wide', 'json', 'yaml', 'name', 'csv', 'tsv', 'jsonl', 'markdown']
const CUSTOM = /^custom-columns=(.*)$/s

/** What was written after -o. Throws: UserError for what it cannot be. */
export function readOutput(output: string): GetOutput {
  const custom = CUSTOM.exec(output)?.[1]
  if (custom !== undefined) return { format: 'custom', columns: customColumns(custom), isForPrograms: false }
  if (!FORMATS.includes(output))
    throw new UserError(
      `get: --output cannot be "${output}"; it can be ${FORMATS.join(', ')} or custom-columns=NAME:column,…`
    )
  return { format: output, isForPrograms: ['json', 'yaml', 'csv', 'tsv'].includes(output) }
}

function customColumns(text: string): CustomColumn[] {
  return text.split(',').map((part) => {
    const [, head = '', path = ''] = /^([^:]+):(.+)$/.exec(part.trim()) ?? []
    if (path === '')
      throw new UserError(`get: "${part}" is no column; write custom-columns=NAME:service,IP:cluster_ip,APP:labels.app`)
    return { head, path }
  })
}

interface Printing extends GetOutput {
  readonly namespaces: boolean
  readonly headers: boolean
  readonly takenAt: string
  /** Asked for by its name: an object, not a list of one. */
  readonly isOne: boolean
}

export function printGot(
  kind: Kind,
  gots: readonly Got[],
  { format, columns, namespaces, headers, takenAt, isOne }: Printing
): void {
  switch (format) {
    case 'json':
      return write(isOne ? formatDocument(gots[0]) : formatList(gots))
    case 'yaml':
      return write(formatYaml(isOne ? gots[0] : gots))
    case 'jsonl':
      return write(gots.map((got) => formatJsonl(rowsOf([got]))).join(''))
    case 'name':
      return write(getNames(kind, gots))
    case 'custom':
      return print(customRows(columns!, gots), 'table', { headers })
    default: {
      const isTable = format === 'table' || format === 'wide'
      print(getRows(kind, gots, { wide: format !== 'table', namespaces, takenAt }), isTable ? 'table' : format, {
        headers
      })
    }
  }
}

/** One a line, whatever it holds. */
function formatList(gots: readonly Got[]): string {
  return gots.length === 0 ? '[]\n' : `[\n${gots.map((got) => formatJson(rowsOf([got])).slice(2, -3)).join(',\n')}\n]\n`
}

function rowsOf(gots: readonly Got[]): { columns: string[]; rows: unknown[][] } {
  return { columns: Object.keys(gots[0]!), rows: gots.map((got) => Object.values(got)) }
}
