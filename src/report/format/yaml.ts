import { Document, visit } from 'yaml'
import { visible, visibleInJson } from './cell.ts'

/** YAML 1.2 of what JSON can say. A text with anything else than printable characters stands in double quotes, where it can be escaped. */
export function formatYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value !== 'string' || isPrintable(scalar.value)) return
      scalar.type = 'QUOTE_DOUBLE'
      // No reader takes half of a surrogate pair, escaped or not.
      scalar.value = scalar.value.replace(/\p{Cs}/gu, '\ufffd')
    }
  })
  return document.toString({ lineWidth: 0 }).split('\n').map(visibleInJson).join('\n')
}

function isPrintable(text: string): boolean {
  return text.split('\n').every((line) => visible(line) === line)
}
