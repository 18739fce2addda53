/** Matchers of Traefik's rules whose values say where traffic goes. What headers and queries are compared with may be a credential. */
const KEPT = new Set([
  'host',
  'hostheader',
  'hostregexp',
  'hostsni',
  'hostsniregexp',
  'path',
  'pathprefix',
  'pathregexp',
  'method',
  'clientip',
  'alpn'
])

const MATCHER = /(?<![A-Za-z])([A-Za-z]+)\((\s*(?:(?:`[^`]*`|"(?:[^"\\]|\\.)*")\s*(?:,\s*)?)*)\)/g

/** The rule with the values of other matchers starred out, as long as it was: by its length Traefik ranks it. */
export function keptRule(rule: unknown): string | undefined {
  if (typeof rule !== 'string') return undefined
  // What is not of the language, nobody knows.
  if (/[^\s&|!()]/.test(rule.replace(MATCHER, ''))) return starred(rule)
  return rule.replace(MATCHER, (matcher: string, name: string) =>
    KEPT.has(name.toLowerCase()) ? matcher : `${name}(${starred(matcher.slice(name.length + 1, -1))})`
  )
}

function starred(text: string): string {
  return text.replace(/[^\s`",=]/g, '*')
}
