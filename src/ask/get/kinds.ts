import { API_KINDS, API_NAMES, HOST_KINDS, HOST_NAMES } from '../../kinds/kinds.ts'
import type { Kind } from './kind.ts'
import { QUESTION_KINDS } from './question-kinds.ts'

/** In the order in which they are told. A table that `snap get` cannot list can be asked with `snap sql`. */
export const KINDS: readonly Kind[] = [
  ...API_NAMES.map((name): Kind => {
    const { singular, short = [], isNamespaced, get } = API_KINDS[name]
    return { name, singular, short, isNamespaced, subjects: [name], ...get }
  }),
  ...QUESTION_KINDS,
  ...HOST_NAMES.map((name): Kind => {
    const { singular, short = [], get } = HOST_KINDS[name]
    return { name, singular, short, isNamespaced: false, subjects: [name], ...get }
  })
]

/** All words by which kinds are asked for. */
export const KIND_WORDS: readonly string[] = KINDS.flatMap(({ name, singular, short = [] }) => [
  ...new Set([name, singular, ...short])
])

export function kindOf(word: string): Kind | undefined {
  const asked = word.toLowerCase()
  return KINDS.find(({ name, singular, short = [] }) => [name, singular, ...short].includes(asked))
}

/** `services (svc), endpoints (ep), …`, for people who ask what there is. */
export const KIND_LIST = KINDS.map(
  ({ name, short = [] }) => `${name}${short.length > 0 ? ` (${short.join(', ')})` : ''}`
).join(', ')

/** SQL for the snapshot and namespace of every object that is in one. */
export function namespacedRows(): string {
  return API_NAMES.filter((name) => API_KINDS[name].isNamespaced)
    .map((name) => `SELECT snapshot, namespace FROM (${API_KINDS[name].get.sql ?? `SELECT * FROM ${name}`})`)
    .join(' UNION ALL ')
}
