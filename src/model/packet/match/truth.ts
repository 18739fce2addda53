import type { Flow } from '../flow.ts'

/** A question the snapshot does not answer. */
export interface Question {
  /** Equal id, equal answer within one evaluation. */
  readonly id: string
  readonly text: string
  readonly reason: string
  readonly newClient?: boolean
  /** What a yes tells about the packet. */
  readonly learn?: (flow: Flow) => Flow
}

/** Yes, no, yes for a share of the packets, or: yes exactly if the question's answer is `answer`. */
export type Truth = boolean | { readonly chance: number } | { readonly question: Question; readonly answer: boolean }

export function not(truth: Truth): Truth {
  if (typeof truth === 'boolean') return !truth
  if ('chance' in truth) return { chance: 1 - truth.chance }
  return { question: truth.question, answer: !truth.answer }
}

export function ask(question: Question): Truth {
  return { question, answer: true }
}
