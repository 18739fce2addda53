import type { Change, Value } from '../../ask/diff/change.ts'

/** `on 3 of 3 nodes`, `only on kube-worker2`, `on 2 of 3 nodes (kube-master, kube-worker1)`. */
export function onNodes({ nodes, of, family }: Pick<Change, 'nodes' | 'of' | 'family'>): string {
  return nodes.length === 0 ? '' : `${ofNodes(nodes, of)}${family === 'ipv6' ? ' (IPv6)' : ''}`
}

function ofNodes(nodes: readonly string[], of: number): string {
  if (nodes.length === of) return `on ${of} of ${of} nodes`
  if (of === 0) return `on ${nodes.join(', ')}`
  return nodes.length === 1 ? `only on ${nodes[0]}` : `on ${nodes.length} of ${of} nodes (${shortList(nodes)})`
}

const SHOWN = 6

/** A list that stays readable: the first few, and how many more. */
export function shortList(items: readonly string[]): string {
  const rest = items.length - SHOWN
  return rest > 1 ? `${items.slice(0, SHOWN).join(', ')}, … and ${rest} more` : items.join(', ')
}

/** A value of the store as a person writes it; JSON lists and objects lose their brackets. */
export function shown(value: Value): string {
  if (value === null) return '?'
  if (typeof value === 'object') return value.join(', ') || 'none'
  if (value === '' || value === '[]' || value === '{}') return 'none'
  const parsed = typeof value === 'string' && /^[[{]/.test(value) ? fromJson(value) : undefined
  return parsed === undefined ? String(value) : entries(parsed).join(', ')
}

/** undefined for text that only begins like JSON. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function entries(value: unknown): string[] {
  if (Array.isArray(value))
    return value.map((entry) => (typeof entry === 'object' ? entries(entry).join(' ') : String(entry)))
  return Object.entries(value as object).map(
    ([key, entry]) => `${key}=${typeof entry === 'object' ? JSON.stringify(entry) : entry}`
  )
}

export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}
