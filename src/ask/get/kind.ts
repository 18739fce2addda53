import type { Listing } from '../../kinds/listing.ts'

/** A kind of thing that `snap get` lists. */
export interface Kind extends Listing {
  /** In the plural, as it is asked for. */
  readonly name: string
  /** `service`, as `-o name` prints it. */
  readonly singular: string
  readonly short?: readonly string[]
  readonly isNamespaced: boolean
  /** Subjects of the coverage view that tell it; one that was read whole is enough. */
  readonly subjects: readonly string[]
}
