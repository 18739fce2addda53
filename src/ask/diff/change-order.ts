import { type Change, SECTIONS } from './change.ts'

/** The parts of a pod that came or went say no more than that it did. */
export function withoutParts(changes: readonly Change[]): Change[] {
  const whole = new Set(
    changes.filter(({ section, aspect }) => section === 'pod' && aspect === 'object').map(({ object }) => object)
  )
  return changes.filter(
    ({ section, aspect, object }) =>
      !(
        section === 'pod' &&
        whole.has(object) &&
        (aspect === 'container' || aspect === 'port' || aspect === 'listener')
      )
  )
}

/** As they are told: by section, by object, and about one object in the order in which they were found. */
export function inOrder(changes: readonly Change[]): Change[] {
  const key = ({ section, object }: Change) => [SECTIONS.indexOf(section), object] as const
  return changes
    .map((change, place) => ({ change, place, key: key(change) }))
    .sort((a, b) => a.key[0] - b.key[0] || (a.key[1] < b.key[1] ? -1 : a.key[1] > b.key[1] ? 1 : a.place - b.place))
    .map(({ change }) => change)
}
