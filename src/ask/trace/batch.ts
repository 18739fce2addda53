import * as v from 'valibot'
import { UserError } from '../../problem.ts'
import { words } from '../../words.ts'
import { documentOf, type TraceDocument } from './document.ts'
import { expectation, failuresOf } from './expectation.ts'
import type { Trace, TraceRequest, Tracer } from './trace.ts'

const text = v.pipe(v.string(), v.nonEmpty())

const line = v.looseObject({
  destination: text,
  protocol: v.exactOptional(v.pipe(v.string(), v.toLowerCase(), v.picklist(['tcp', 'udp', 'sctp']))),
  from: v.exactOptional(v.nullable(text)),
  node: v.exactOptional(v.nullable(text)),
  inInterface: v.exactOptional(v.nullable(text)),
  name: v.exactOptional(v.string()),
  expect: v.exactOptional(expectation)
})

/** The fields that a line may have. */
export const LINE_FIELDS: readonly string[] = Object.keys(line.entries)

/** One line of `snap trace --batch`, answered. */
export interface BatchAnswer {
  /** What is printed for it. */
  readonly printed: BatchResult
  /** Fields of the line that mean nothing to snap. */
  readonly unknownFields: readonly string[]
}

export type BatchResult = (TraceDocument | { readonly error: string }) & {
  readonly name?: string
  /** Only where the line expects something. */
  readonly passed?: boolean
  /** What was expected and is not so; empty where all is. */
  readonly failures?: readonly string[]
}

/** Answers one JSON line. What is wrong with it is the answer's `error`: the lines after it are answered all the same. */
export function answerLine(tracer: Tracer, json: string, defaults: Partial<TraceRequest>): BatchAnswer {
  const parsed = parse(json)
  if (typeof parsed === 'string') return { printed: { error: parsed }, unknownFields: [] }
  const { expect, name } = parsed
  const named = name === undefined ? {} : { name }
  const unknownFields = Object.keys(parsed).filter((key) => !LINE_FIELDS.includes(key))
  const traced = attempt(() => tracer(requestOf(parsed, defaults)))
  if (typeof traced === 'string')
    return { printed: { ...named, error: traced, ...(expect && { passed: false, failures: [traced] }) }, unknownFields }
  const document = documentOf(traced)
  const failures = expect && failuresOf(expect, document)
  return {
    printed: { ...named, ...document, ...(failures && { passed: failures.length === 0, failures }) },
    unknownFields
  }
}

function parse(json: string): v.InferOutput<typeof line> | string {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return 'is no JSON; give one object a line, such as {"destination":"10.43.0.10:53","protocol":"udp"}'
  }
  const { success, output, issues } = v.safeParse(line, value)
  if (success) return output
  return sentenceOf(issues[0])
}

/** What is wrong, in the words of the line's author. */
function sentenceOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue)
  if (path === null)
    return `is no object but ${issue.received}; give one object a line, such as {"destination":"10.43.0.10:53","protocol":"udp"}`
  if (issue.expected === 'never')
    return `field "${path}" means nothing to snap: expect has ${Object.keys(expectation.entries).join(', ')}`
  if (issue.received === 'undefined') return `lacks the field "${path}"`
  if (issue.type === 'non_empty') return `field "${path}" is empty`
  return `field "${path}" is ${issue.received}, which is ${WANTED[issue.expected ?? ''] ?? `not one of ${issue.expected?.replaceAll(/[()]/g, '').replaceAll(' | ', ', ')}`}`
}

/** valibot's names of types. */
const WANTED: Readonly<Record<string, string>> = words({
  string: 'no text',
  boolean: 'neither true nor false',
  Array: 'no list',
  Object: 'no object',
  '(string | null)': 'no text'
})

function requestOf(
  { destination, protocol, from, node, inInterface }: v.InferOutput<typeof line>,
  defaults: Partial<TraceRequest>
): TraceRequest {
  return {
    ...defaults,
    destination,
    ...(protocol !== undefined && { protocol }),
    ...(from && { from }),
    ...(node && { node }),
    ...(inInterface && { inInterface })
  }
}

function attempt(trace: () => Trace): Trace | string {
  try {
    return trace()
  } catch (error) {
    if (error instanceof UserError) return error.message
    // The lines after it are answered all the same.
    return `defect: ${(error as Error).message}`
  }
}
