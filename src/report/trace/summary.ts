import { answerOf } from '../../ask/trace/answer.ts'
import type { NodeTrace } from '../../ask/trace/trace.ts'
import { visible } from '../format/cell.ts'
import { cut } from '../format/wrap.ts'
import { endText } from './words.ts'

/** Nodes that answer alike on one line, the odd ones marked. */
export function summary(groups: readonly (readonly NodeTrace[])[], width: number): string[] {
  return groups.map((group, index) => {
    const { outcomes } = answerOf(group[0]!)
    const verdicts = [...new Set(outcomes.map(({ verdict }) => verdict))].join(' or ')
    const ends =
      outcomes.length === 1
        ? endText(outcomes)
        : `${outcomes.length} ways, ${verdicts}: ${outcomes.map(({ address }) => address ?? 'an unknown address').join(', ')}`
    const nodes = [...new Set(group.map(({ node, target }) => node ?? target.address))].join(', ')
    return cut(visible(`${index === 0 ? '  ' : '! '}${nodes}: ${ends}`), width)
  })
}
