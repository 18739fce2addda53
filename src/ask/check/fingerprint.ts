import { createHash } from 'node:crypto'
import type { Finding } from './finding.ts'

/**
 * What makes a finding the same one tomorrow: its check, object and node, and the words of its message without what
 * changes from day to day (addresses, counts, names of hashed chains). 16 hexadecimal digits.
 */
export function fingerprint({ code, object, node, message }: Finding): string {
  const words = message
    .replace(/KUBE-(SVC|SEP|FW|EXT|SVL|XLB)-[A-Z2-7]{16}/g, 'KUBE-$1-#')
    .replace(/[\w.:/-]+/g, (word) => (/\d/.test(word) ? '#' : word))
    .replace(/#([, ]+#)+/g, '#')
  return createHash('sha256')
    .update([code, object, node ?? '', words].join('\0'))
    .digest('hex')
    .slice(0, 16)
}
