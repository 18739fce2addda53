import type { IntentNode } from './intents.ts'

/** A node of a snapshot, with its row's number. */
export interface FilledNode extends IntentNode {
  readonly id: number
}
