/**
 * Something the user can mend: bad input, a wrong name, a missing file. The message is one line that names
 * the file, line or object, says what is wrong and what to do. Everything else that is thrown is a defect.
 */
export class UserError extends Error {
  override name = 'UserError'
  /** snap's exit status. */
  readonly status: number

  constructor(message: string, { status = 2, ...options }: ErrorOptions & { readonly status?: number } = {}) {
    super(message, options)
    this.status = status
  }
}
