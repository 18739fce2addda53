/** A phrase that names no snapshot, or no time. The message is one line for the user. */
export class TimeReferenceError extends Error {
  override readonly name = 'TimeReferenceError'
}
