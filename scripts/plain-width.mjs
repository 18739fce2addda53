// Stands in for string-width in the bundled program: see bundle.mjs.
import { stripVTControlCharacters } from 'node:util'

export default function plainWidth(text) {
  return stripVTControlCharacters(text).length
}
