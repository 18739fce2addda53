import { Buffer } from 'node:buffer'
import test from 'ava'
import fc from 'fast-check'
import { decodeBytes, encodeBytes } from '../../../src/parse/iptables/bytes.ts'

test('any bytes come back as they were', (t) => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 6 }).map((text) => new Uint8Array(Buffer.from(text))),
    fc
      .constantFrom(
        [0xf4, 0x8f, 0xbe, 0x80],
        [0xf4, 0x8f, 0xbf, 0xbf],
        [0xf4, 0x8f, 0xbe],
        [0xef, 0xbb, 0xbf],
        [0xed, 0xa0, 0x80]
      )
      .map((bytes) => new Uint8Array(bytes))
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const bytes = Buffer.concat(pieces)
      return encodeBytes(decodeBytes(bytes)).equals(bytes)
    }),
    { numRuns: 5000 }
  )
  t.pass()
})

test('every single byte and every pair with a lead byte comes back', (t) => {
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) {
      const bytes = Buffer.from([first, second, 0x80])
      if (!encodeBytes(decodeBytes(bytes)).equals(bytes)) t.fail(bytes.toString('hex'))
    }
  }
  t.pass()
})

test('valid UTF-8 reads as UTF-8', (t) => {
  t.is(decodeBytes(Buffer.from('-m comment --comment "日本 é \u{1f600}"')), '-m comment --comment "日本 é \u{1f600}"')
})

test('a byte order mark is kept', (t) => {
  t.is(decodeBytes(Buffer.from([0xef, 0xbb, 0xbf, 0x61])), '\ufeffa')
})

test('an invalid byte is one private character beside the readable rest', (t) => {
  t.is(decodeBytes(Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0xc3])), 'a\u{10ffff}é\u{10ffc3}')
})

test('text that already holds such a character is escaped byte by byte', (t) => {
  t.is(decodeBytes(Buffer.from('\u{10ffff}')), '\u{10fff4}\u{10ff8f}\u{10ffbf}\u{10ffbf}')
})
