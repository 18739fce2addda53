/** `of` over all of `values`, at most `limit` at a time. After one that throws no other begins; it is thrown when all have ended. */
export async function eachBounded<T>(
  values: readonly T[],
  limit: number,
  of: (value: T) => Promise<void>
): Promise<void> {
  const rest = values[Symbol.iterator]()
  const thrown: unknown[] = []
  const worker = async (): Promise<void> => {
    for (const value of rest) {
      if (thrown.length > 0) return
      await of(value).catch((error: unknown) => void thrown.push(error))
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, values.length)) }, worker))
  if (thrown.length > 0) throw thrown[0]
}
