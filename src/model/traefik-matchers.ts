import { words } from '../words.ts'
/** The matchers of Traefik's rules (https://doc.traefik.io/traefik/routing/routers/), of version 2 and 3. */
import { inNetwork, parseAddress, parseNetwork } from './packet/address.ts'
import type { Decide, Request } from './traefik-rule.ts'

type Matcher = (values: readonly string[], request: Request) => boolean | string

const MATCHERS: Readonly<Record<string, Matcher>> = words({
  host: (values, { host }) => values.some((value) => value.toLowerCase() === host),
  hostheader: (values, { host }) => values.some((value) => value.toLowerCase() === host),
  hostregexp: (values, { host }) => some(values, (value) => pattern(value, host)),
  path: (values, { path }) => some(values, (value) => (value.includes('{') ? pattern(value, path) : value === path)),
  pathprefix: (values, { path }) =>
    some(values, (value) => (value.includes('{') ? pattern(value, path, false) : path.startsWith(value))),
  pathregexp: (values, { path }) => some(values, (value) => regexp(value, path)),
  query: queryMatches,
  clientip: (values, { client }) => {
    const address = client === undefined ? undefined : parseAddress(client)
    if (!address) return `the client's address is in ${values.join(', ')}`
    return some(values, (value) => {
      const network = parseNetwork(value)
      return network ? inNetwork(address, network) : `the client's address is in ${value}`
    })
  },
  hostsni: (values, { host, tls }) =>
    values.includes('*') ? true : tls ? values.some((value) => value.toLowerCase() === host) : false,
  hostsniregexp: (values, { host, tls }) => (tls ? some(values, (value) => pattern(value, host)) : false),
  method: (values) => `the method is ${values.join(' or ')}`,
  headers: header,
  header
})

/** Undecided: matchers that ask for what a URL does not tell, that this snap does not know, or that version 2 and 3 read differently. */
export const decideMatcher: Decide = (name, values, request) => {
  const matcher = MATCHERS[name.toLowerCase()]
  return matcher && values.length > 0 ? matcher(values, request) : `${name}(${values.join(', ')}) matches`
}

function header(values: readonly string[]): string {
  return `the request has the header ${values.join(': ')}`
}

/** Version 2: each value is `name=value`. Version 3: name and value are two. */
function queryMatches(values: readonly string[], { query }: Request): boolean | string {
  const given = new URLSearchParams(query)
  if (values.every((value) => value.includes('='))) {
    return values.some((value) => {
      const [name = '', wanted = ''] = [value.slice(0, value.indexOf('=')), value.slice(value.indexOf('=') + 1)]
      return given.getAll(name).includes(wanted)
    })
  }
  const [name = '', wanted] = values
  if (values.length > 2) return `the query has ${values.join(', ')}`
  return wanted === undefined ? given.has(name) : given.getAll(name).includes(wanted)
}

function some(values: readonly string[], decide: (value: string) => boolean | string): boolean | string {
  const answers = values.map(decide)
  if (answers.includes(true)) return true
  const open = answers.filter((answer) => typeof answer === 'string')
  return open.length === 0 ? false : open.join(' or ')
}

/**
 * Version 2 takes text with `{name:regexp}` in it, from beginning to end; version 3 a regular expression that may match
 * anywhere. Where both say the same, that is the answer.
 */
function pattern(value: string, text: string, toEnd = true): boolean | string {
  const second = /\{[^{}:]*(?::[^{}]*(?:\{[\d,]+\}[^{}]*)*)?\}/.test(value) ? asVersion2(value, text, toEnd) : undefined
  if (second !== undefined) return second
  const third = regexp(value, text)
  const literal = toEnd ? value.toLowerCase() === text : text.startsWith(value)
  return typeof third === 'string' || third === literal || /^\^.*\$$/.test(value)
    ? third
    : `${text} matches ${value}, which depends on Traefik's version`
}

function asVersion2(value: string, text: string, toEnd: boolean): boolean | string {
  const source = value
    .split(/(\{[^{}:]*(?::[^{}]*(?:\{[\d,]+\}[^{}]*)*)?\})/)
    .map((part) => {
      const named = /^\{[^:}]*(?::(.*))?\}$/.exec(part)
      return named ? `(?:${named[1] ?? '[^/]+'})` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    })
    .join('')
  return regexp(`^${source}${toEnd ? '$' : ''}`, text)
}

/** Go's syntax where it is also JavaScript's and means the same; no look-around, no back-references exist there. */
function regexp(source: string, text: string): boolean | string {
  const open = `${text} matches ${source}`
  if (/\(\?(?!:)|\\[pPzAQEC]|\[\[:|\\\d/.test(source)) return open
  try {
    return new RegExp(source).test(text)
  } catch {
    return open
  }
}
