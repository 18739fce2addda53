import type { Got } from '../../kinds/row.ts'

export type { Got } from '../../kinds/row.ts'

/**
 * What stands at a path such as `cluster_ip`, `.labels.app`, `ports[0].port` or `ports[*].port` (a list); dots in a key are escaped: `labels.app\.kubernetes\.io/name`.
 * null where it is unknown, undefined where there is no such thing.
 */
export function valueAt(got: Got, path: string): unknown {
  return stepsOf(path).reduce<unknown>((value, step) => at(value, step), got)
}

/** The first step: a column. */
export function columnOf(path: string): string {
  return stepsOf(path)[0] ?? ''
}

function stepsOf(path: string): string[] {
  const plain = path.replace(/^\{(.*)\}$/, '$1').replace(/^\./, '')
  return plain
    .replace(/\[([^[\]]+)\]/g, '.$1')
    .split(/(?<!\\)\./)
    .map((step) => step.replaceAll('\\.', '.'))
}

function at(value: unknown, step: string): unknown {
  if (Array.isArray(value)) {
    if (step === '*') return value
    return /^\d+$/.test(step) ? value[Number(step)] : value.map((each) => at(each, step))
  }
  if (value === null) return null
  return typeof value === 'object' && Object.hasOwn(value, step) ? (value as Got)[step] : undefined
}
