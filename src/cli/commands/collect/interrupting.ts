import { constants } from 'node:os'
import { UserError } from '../../../problem.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Someone, or the system, wants snap to stop. */
export class Interrupted extends UserError {
  constructor(by: NodeJS.Signals) {
    super(`interrupted by ${by}; no snapshot was written, earlier ones are as they were`, {
      status: 128 + constants.signals[by]
    })
  }
}

/** Hands `work` a signal that a person or the system ending snap aborts. A second time ends snap at once; no child outlives it. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const onSignal = (by: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(128 + constants.signals[by])
    controller.abort(new Interrupted(by))
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  try {
    return await work(controller.signal)
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}
