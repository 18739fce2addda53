import { toJsonSchema } from '@valibot/to-json-schema'
import { configSchema } from '../../src/cli/config/schema.ts'

/** What schema/snap.schema.json holds. */
export function configJsonSchema(): string {
  return `${JSON.stringify({ ...toJsonSchema(configSchema), title: 'snap.yaml' }, null, 2)}\n`
}
