/** A row of the store: lists and objects stand as text, in JSON. null: the snapshot does not say. */
export type Row = { readonly [column: string]: string | number | null }

/** One thing as `snap get` has it: the columns of its view, lists and objects as such. */
export type Got = Readonly<Record<string, unknown>>
