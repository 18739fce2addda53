import { cleanLine } from '../clean-text.ts'
import type { CollectOptions } from '../options.ts'
import type { ApiAnswer, Ports } from '../ports.ts'
import { retrying } from '../retry.ts'

/** A piece of a list. */
export interface Page {
  readonly apiVersion: string
  /** `PodList` */
  readonly kind: string
  readonly items: readonly unknown[]
}

export interface Listing {
  /** Null when the list came whole. */
  readonly error: string | null
  /** HTTP status of the last answer; null when there was none. */
  readonly status: number | null
  /** How often the list was restarted because its continue token had expired. */
  readonly restarts: number
}

type Asking = Pick<CollectOptions, 'timeoutMs' | 'retries' | 'pageSize' | 'deadline'>

/** A list that expires again and again is longer than the server remembers. */
const MOST_RESTARTS = 3

/** Pages in a row that bring nothing new: a list that goes on like that has no end. */
const MOST_EMPTY_PAGES = 10
/** Objects and lists within one page: a hundred times what 500 pods have. They take more memory than their text. */
const MOST_PARTS = 5_000_000

/** What a page's taker finds wrong with it. */
export class PageError extends Error {}

/**
 * Gets a list page by page, so that neither the server nor snap holds all of it. If its continue token expires (410), the list is restarted:
 * `take` is told so by `first`, and returns how many objects were new to it. Throws what `take` throws, but for PageError.
 */
export async function getPages(
  options: Asking,
  ports: Pick<Ports, 'api' | 'wait' | 'random'>,
  path: string,
  take: (page: Page, first: boolean) => Promise<number>
): Promise<Listing> {
  let restarts = 0
  let empty = 0
  for (let continued = ''; ; ) {
    const answer = await getAnswer(options, ports, pagePath(path, options.pageSize, continued))
    if (answer.status === 410 && continued !== '' && restarts < MOST_RESTARTS) {
      restarts++
      continued = ''
      continue
    }
    const failed = failureOf(answer)
    if (failed !== null) return { error: failed, status: answer.status, restarts }
    try {
      const page = readPage(answer.body)
      empty = (await take(page, continued === '')) > 0 ? 0 : empty + 1
      if (page.continued === '') return { error: null, status: answer.status, restarts }
      if (page.continued === continued || empty >= MOST_EMPTY_PAGES)
        throw new PageError('the API server goes on with the list and brings nothing new')
      continued = page.continued
    } catch (error) {
      if (!(error instanceof PageError)) throw error
      return { error: error.message, status: answer.status, restarts }
    }
  }
}

function pagePath(path: string, size: number, continued: string): string {
  const query = `limit=${size}${continued === '' ? '' : `&continue=${encodeURIComponent(continued)}`}`
  return `${path}${path.includes('?') ? '&' : '?'}${query}`
}

/** One request, tried again where another try may succeed. */
export function getAnswer(
  { timeoutMs, retries, deadline }: Omit<Asking, 'pageSize'>,
  ports: Pick<Ports, 'api' | 'wait' | 'random'>,
  path: string
): Promise<ApiAnswer> {
  return retrying(ports, { retries, ...(deadline && { signal: deadline }) }, async () => {
    const answer = await ports.api.get(path, { timeoutMs, ...(deadline && { signal: deadline }) })
    return {
      value: answer,
      again: answer.lasting !== true && isPassing(answer),
      afterSeconds: answer.retryAfterSeconds ?? 0
    }
  })
}

/** 500 too: the API server says it of etcd's and its own short troubles, and kubectl's proxy of a connection that broke. */
function isPassing({ status, failure }: ApiAnswer): boolean {
  return failure !== null || status === 429 || (status !== null && status >= 500 && status !== 501)
}

/** Why an answer is none, in one line; null when it is one. */
export function failureOf({ status, body, failure, retryAfterSeconds }: ApiAnswer): string | null {
  if (failure !== null) return cleanLine(failure) ?? failure
  if (status === 200) return null
  const asked = retryAfterSeconds === null ? '' : `, and asked to wait ${retryAfterSeconds} s`
  const text = body.subarray(0, 64 * 1024).toString('utf8')
  const said = statusMessage(text)
  const line = cleanLine(said ?? text.split('\n', 1)[0]!) ?? 'without a message'
  // kubectl's proxy answers for a server that it does not reach, in plain words.
  if (
    said === undefined &&
    /^(dial|read|write|net\/http|EOF|x509|tls|Get |getting credentials|unexpected EOF|context )/.test(line)
  )
    return `the API server was not reached: ${line}`
  return `${status} ${MEANINGS.get(status!) ?? 'from the API server'}: ${line}${asked}`
}

const MEANINGS: ReadonlyMap<number, string> = new Map([
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [410, 'Gone'],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout']
])

/** The message of a Status; undefined for what is none. */
function statusMessage(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}

function readPage(body: Buffer): Page & { readonly continued: string } {
  let page: { apiVersion?: unknown; kind?: unknown; items?: unknown; metadata?: { continue?: unknown } }
  if (partsOf(body) > MOST_PARTS) throw new PageError(`the API server sent a page of more than ${MOST_PARTS} parts`)
  try {
    page = JSON.parse(body.toString('utf8'))
  } catch {
    throw new PageError('the API server sent JSON that ends early or is none')
  }
  const { apiVersion, kind, items, metadata } = page ?? {}
  // Go writes an empty list as null.
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !(Array.isArray(items) || items === null))
    throw new PageError('the API server sent no list')
  return {
    apiVersion,
    kind,
    items: items ?? [],
    continued: typeof metadata?.continue === 'string' ? metadata.continue : ''
  }
}

/** Opening brackets: also those within texts, of which there are few. */
function partsOf(json: Buffer): number {
  let count = 0
  for (const byte of json) if (byte === 0x7b || byte === 0x5b) count++
  return count
}
