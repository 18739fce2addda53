import { writeFileSync } from 'node:fs'
import { configJsonSchema } from '../test/support/config-schema.ts'

// The JSON Schema of snap.yaml, for editors, from the one that snap checks with. A test holds them together.
writeFileSync('schema/snap.schema.json', configJsonSchema())
