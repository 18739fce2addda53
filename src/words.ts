/**
 * A table that is looked up by words of a snapshot. Unlike a plain object it has nothing under `constructor` or `toString`, which
 * a stranger may write too.
 */
export function words<Meaning>(table: Readonly<Record<string, Meaning>>): Readonly<Record<string, Meaning>> {
  return Object.assign(Object.create(null), table)
}
