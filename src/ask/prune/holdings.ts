import type { ItemKind } from '../../collect/item.ts'
import { EMPTY_LIST } from '../../collect/redact/list.ts'
import { API_NAMES } from '../../kinds/kinds.ts'

/** What a snapshot knows, as far as it matters for what may be removed for it. More of either is better. */
export interface Holdings {
  /** 0: no object. 1: some. 2: the lists of nodes, Services, their endpoints and pods came whole. */
  readonly objects: 0 | 1 | 2
  /** Of the nodes that were asked: 0: no node's rules. 1: some. 2: at least half of the nodes'. 3: all nodes'. */
  readonly rules: 0 | 1 | 2 | 3
}

/** What of a manifest's item, or of the store's row of it, says so. */
export interface HeldItem {
  readonly kind: ItemKind
  readonly node?: string | null
  readonly bytes: number | null
  readonly error: string | null
}

export const NOTHING: Holdings = { objects: 0, rules: 0 }

const LISTS: readonly (readonly ItemKind[])[] = [['nodes'], ['services'], ['endpoints', 'endpointslices'], ['pods']]
const OBJECTS: ReadonlySet<string> = new Set([...API_NAMES, 'text'])
const RULES: ReadonlySet<ItemKind> = new Set(['iptables-save', 'nft-ruleset'])

export function holdings(items: readonly HeldItem[]): Holdings {
  return { objects: objectsOf(items), rules: rulesOf(items) }
}

function objectsOf(items: readonly HeldItem[]): Holdings['objects'] {
  const filled = items.filter(({ bytes }) => bytes !== null && bytes > EMPTY_LIST.length)
  const whole = new Set(filled.filter(({ error }) => error === null).map(({ kind }) => kind))
  if (LISTS.every((kinds) => kinds.some((kind) => whole.has(kind)))) return 2
  return filled.some(({ kind }) => OBJECTS.has(kind)) ? 1 : 0
}

function rulesOf(items: readonly HeldItem[]): Holdings['rules'] {
  const asked = new Set<string>()
  const whole = new Set<string>()
  let some = false
  for (const { kind, node, bytes, error } of items) {
    if (node == null) continue
    asked.add(node)
    if (!RULES.has(kind) || bytes === null) continue
    some = true
    if (error === null) whole.add(node)
  }
  if (!some) return 0
  if (whole.size === asked.size) return 3
  return whole.size * 2 >= asked.size ? 2 : 1
}

/** The measures a snapshot may be held to, from none on. */
export const MEASURES: readonly Holdings[] = ([0, 1, 2] as const).flatMap((objects) =>
  ([0, 1, 2, 3] as const).map((rules) => ({ objects, rules }))
)

export function holdsAtLeast(held: Holdings, measure: Holdings): boolean {
  return held.objects >= measure.objects && held.rules >= measure.rules
}
