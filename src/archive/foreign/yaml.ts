import { parseDocument } from 'yaml'

/** Slower than JSON by a factor of thirty; must-gather's largest list is a few MiB. */
const MAX_BYTES = 64 * 1024 * 1024

/** No tool of Kubernetes writes such YAML; who reads it may be harmed. */
export class HostileYaml extends Error {}

/**
 * The value of a YAML text as Kubernetes' tools write it: one document, no anchors, no tags, no merge keys.
 * Throws, without quoting the text, for everything else.
 */
export function parseYaml(text: string): unknown {
  if (text.length > MAX_BYTES) throw new HostileYaml(`is YAML of more than ${MAX_BYTES} bytes`)
  if (isNestedDeep(text)) throw new HostileYaml('is YAML nested too deep')
  const proto = /^[ \t]*(?:- +)*["']?__proto__["']?[ \t]*:/m.exec(text)
  if (proto !== null) throw new HostileYaml(`names a field __proto__ (at byte ${proto.index})`)
  const document = documentOf(text)
  const [problem] = [...document.errors, ...document.warnings]
  if (problem?.code === 'TAG_RESOLVE_FAILED')
    throw new HostileYaml(`has a YAML tag at byte ${problem.pos[0]}, which no tool of Kubernetes writes`)
  if (problem?.code === 'RESOURCE_EXHAUSTION') throw new HostileYaml('is YAML nested too deep')
  if (problem !== undefined)
    throw new Error(`is no YAML: ${problem.code.toLowerCase().replaceAll('_', ' ')} at byte ${problem.pos[0]}`)
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    throw new HostileYaml('uses YAML anchors, which no tool of Kubernetes writes')
  }
}

/** Each level has a bracket, an indentation or a sign of its own. The reader goes down by recursion, and the stack's end may end the process. */
function isNestedDeep(text: string): boolean {
  return (
    /(?<![ \t])[ \t]{200,}[^ \t\r\n]/.test(text) ||
    /(?:[-?:][ \t]+){200}/.test(text) ||
    deepestBracket(text) > MOST_BRACKETS
  )
}

const MOST_BRACKETS = 500

/** Brackets within texts are counted too: there they are closed, or few. */
function deepestBracket(text: string): number {
  let [depth, deepest] = [0, 0]
  for (const { 0: bracket } of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(depth - 1, 0)
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

function documentOf(text: string): ReturnType<typeof parseDocument> {
  try {
    return parseDocument(text, {
      schema: 'core',
      merge: false,
      uniqueKeys: false,
      strict: true,
      prettyErrors: false,
      logLevel: 'warn',
      resolveKnownTags: false
    })
  } catch (error) {
    if (error instanceof RangeError) throw new HostileYaml('is YAML nested too deep', { cause: error })
    throw error
  }
}
