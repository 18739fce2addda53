import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { answerLine, type BatchAnswer, LINE_FIELDS } from '../../../ask/trace/batch.ts'
import type { TraceRequest, Tracer } from '../../../ask/trace/trace.ts'
import { inputStream } from '../../../input-file.ts'
import { UserError } from '../../../problem.ts'
import { jsonLine } from '../../../report/format/json.ts'
import { EXIT } from '../../exit-codes.ts'
import { nearby } from '../../nearest.ts'
import { talk } from '../../terminal/print.ts'

/**
 * Answers each JSON line of the file (`-`: standard input) with one, in order. Gives the exit status: failed where a
 * line could not be answered, found where an expectation is not met, clean otherwise.
 */
export async function traceBatch(tracer: Tracer, file: string, defaults: Partial<TraceRequest>): Promise<number> {
  const counts = { lines: 0, errors: 0, expected: 0, passed: 0 }
  const warned = new Set<string>()
  for await (const { json, number } of linesOf(file)) {
    const { printed, unknownFields } = withoutMisspelt(answerLine(tracer, json, defaults))
    for (const field of unknownFields.filter((each) => !warned.has(each))) {
      warned.add(field)
      talk(`snap: batch line ${number}: field "${field}" means nothing to snap and is ignored`)
    }
    counts.lines += 1
    if ('error' in printed) {
      counts.errors += 1
      talk(`snap: batch line ${number}: ${printed.error}`)
    }
    if (printed.passed !== undefined) counts.expected += 1
    if (printed.passed === true) counts.passed += 1
    if (!process.stdout.write(`${jsonLine(printed)}\n`)) await once(process.stdout, 'drain')
  }
  if (counts.expected > 0) talk(`${counts.passed} of ${counts.expected} expectations met`)
  if (counts.errors > 0) return EXIT.failed
  return counts.passed < counts.expected ? EXIT.found : EXIT.clean
}

/** A line whose `expct` is passed over would be a test that cannot fail. */
function withoutMisspelt({ printed, unknownFields }: BatchAnswer): BatchAnswer {
  const misspelt = unknownFields.flatMap((field) =>
    nearby(field, LINE_FIELDS).map((meant) => `field "${field}" means nothing to snap; did you mean "${meant}"?`)
  )
  if (misspelt.length === 0) return { printed, unknownFields }
  return {
    printed: { ...(printed.name !== undefined && { name: printed.name }), error: misspelt.join(' ') },
    unknownFields: []
  }
}

async function* linesOf(file: string): AsyncIterable<{ json: string; number: number }> {
  let number = 0
  try {
    const input = file === '-' ? process.stdin : inputStream(file)
    for await (const json of createInterface({ input, crlfDelay: Infinity })) {
      number += 1
      if (json.trim() !== '') yield { json, number }
    }
  } catch (error) {
    throw new UserError(`trace: ${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
