import * as v from 'valibot'
import type { Problem } from '../iptables/rule.ts'

/**
 * Reads the array that `ip -json` prints and hands each entry that fits the schema to `read`;
 * every entry that does not becomes a problem, so that one odd entry does not hide the rest.
 * `ip -json addr show type x` prints `{}` for what it filtered out: those are passed over.
 */
export function readEntries<T>(
  text: string,
  command: string,
  schema: v.GenericSchema<unknown, T>,
  read: (entry: T) => string | undefined
): Problem[] {
  const problem = (message: string, entry: unknown = '') => ({
    line: 1,
    offset: 0,
    text: entry === '' ? text.slice(0, 200) : JSON.stringify(entry).slice(0, 200),
    message
  })
  const entries = parse(text)
  if (!Array.isArray(entries))
    return [
      problem(`not the JSON array that \`${command}\` prints${typeof entries === 'string' ? `: ${entries}` : ''}`)
    ]
  return entries.flatMap((entry: unknown, index) => {
    if (isEmptyObject(entry)) return []
    const { success, output, issues } = v.safeParse(schema, entry)
    const message = success ? read(output) : `${v.getDotPath(issues[0]) ?? 'entry'}: ${issues[0].message}`
    return message === undefined ? [] : [problem(`entry ${index + 1} of \`${command}\`: ${message}`, entry)]
  })
}

/** The JSON, or a sentence why it is none. */
function parse(text: string): unknown {
  if (text.trim() === '') return 'it is empty'
  try {
    return JSON.parse(text)
  } catch (error) {
    // V8 quotes the input, line ends and all.
    return (error as Error).message.replace(/\s+/g, ' ')
  }
}

function isEmptyObject(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && !Array.isArray(entry) && Object.keys(entry).length === 0
}
