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
  const nested = /(?<![ \t])[ \t]{200,}[^ \t\r\n]/.test(text)
  if (nested) throw new HostileYaml('is YAML nested too deep')
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
