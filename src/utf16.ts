/** The text of a file in UTF-16, as PowerShell's `>` writes it, by its byte order mark; null for any other. */
export function utf16Text(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(bytes.subarray(2)).toString('utf16le')
  if (bytes[0] !== 0xfe || bytes[1] !== 0xff) return null
  return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
    .swap16()
    .toString('utf16le')
}
