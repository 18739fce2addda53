import type { Diff } from '../../ask/diff/change.ts'

/** What could not be compared, each reason once with all it concerns. */
export function unknownLines({ before, after, unknown }: Diff): string[] {
  const where = { before: `in ${before}`, after: `in ${after}`, both: 'in both' }
  const alike = new Map<string, string[]>()
  for (const { subject, side, reason } of unknown) {
    const why = `unknown ${where[side]}: ${reason}`
    alike.set(why, [...(alike.get(why) ?? []), subject])
  }
  return [...alike].map(([why, subjects]) => `${subjects.join(', ')}: ${why}`)
}
