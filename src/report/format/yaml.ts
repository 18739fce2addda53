import { stringify } from 'yaml'
import { visible } from './cell.ts'

/** YAML 1.2 of what JSON can say; a control character is written as an escape. */
export function formatYaml(value: unknown): string {
  const text = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })
  return text.split('\n').map(visible).join('\n')
}
