import { writeFileSync } from 'node:fs'
import { configJsonSchema } from '../test/support/config-schema.ts'
import { sampleViewTypes } from '../test/support/view-types.ts'

// Files that are written from what snap itself holds; a test holds each together with its source.
// The JSON Schema of snap.yaml, for editors, from the one that snap checks with:
writeFileSync('schema/snap.schema.json', configJsonSchema())
// The types of the public views, from a migrated store:
writeFileSync('src/store/views.ts', await sampleViewTypes())
