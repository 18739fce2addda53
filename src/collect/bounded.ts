/** `of` over all of `values`, at most `limit` at a time. */
export async function eachBounded<T>(values: readonly T[], limit: number, of: (value: T) => Promise<void>): Promise<void> {
  const rest = values[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (const value of rest) await of(value)
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, values.length)) }, worker))
}
