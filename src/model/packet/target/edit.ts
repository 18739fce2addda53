import type { Flow } from '../flow.ts'
import type { Situation } from '../match/part.ts'

export interface Edit {
  readonly apply: (flow: Flow, situation: Situation) => Flow
  /** The value as it is to be shown before and after. */
  readonly show: (flow: Flow) => string
}
