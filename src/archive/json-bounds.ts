/** What no API server and no snap ever writes, and what harms a reader. */
const MAX_DEPTH = 100
/** etcd takes no object above 1.5 MiB. */
const MAX_TEXT_BYTES = 2 * 1024 * 1024
const MAX_NUMBER_BYTES = 64

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COLON] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x3a]

const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/** Whether a text may be JSON with something in it: it begins with a bracket, after blanks, however many. Before all else every reader of JSON stops. */
export function looksLikeJson(text: Buffer): boolean {
  const first = text[afterBlanks(text, text.subarray(0, 3).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0)]
  return first === OPEN || first === OPEN_LIST
}

/** Looks at a text of JSON before it is parsed: why it is not to be parsed, or null. It need not be JSON. */
export function jsonProblem(json: Buffer): string | null {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!
    if (byte === QUOTE) {
      const end = textEnd(json, at)
      if (end - at > MAX_TEXT_BYTES) return `holds a text of more than ${MAX_TEXT_BYTES} bytes (at byte ${at})`
      if (isPrototypeKey(json, at, end)) return `names a field __proto__ (at byte ${at})`
      at = end
    } else if (byte === OPEN || byte === OPEN_LIST) {
      if (++depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} (at byte ${at})`
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      depth--
    } else if (isDigit(byte)) {
      const end = numberEnd(json, at)
      if (end - at > MAX_NUMBER_BYTES) return `holds a number of more than ${MAX_NUMBER_BYTES} digits (at byte ${at})`
      at = end - 1
    }
  }
  return null
}

/** Where the closing quote stands, or the end of the text. */
function textEnd(json: Buffer, start: number): number {
  let at = start + 1
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1
  return at
}

function isPrototypeKey(json: Buffer, start: number, end: number): boolean {
  // As it stands or each character as \u005f and the like.
  const bytes = end - start - 1
  if (bytes < 9 || bytes > 54) return false
  const text = json.toString('latin1', start + 1, end)
  if (text !== '__proto__' && !text.includes('\\u')) return false
  const plain = text.replace(/\\u([0-9a-fA-F]{4})/g, (_match, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16))
  )
  return plain === '__proto__' && json[afterBlanks(json, end + 1)] === COLON
}

/** What JSON takes for blanks, and other control characters. */
function afterBlanks(json: Buffer, from: number): number {
  let at = from
  while (at < json.length && json[at]! <= 0x20) at++
  return at
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

function numberEnd(json: Buffer, start: number): number {
  let at = start
  while (
    at < json.length &&
    (isDigit(json[at]!) ||
      json[at] === 0x2e ||
      json[at] === 0x65 ||
      json[at] === 0x45 ||
      json[at] === 0x2b ||
      json[at] === 0x2d)
  )
    at++
  return at
}
