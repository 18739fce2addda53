import * as crypto from 'node:crypto'
import { createHash } from 'node:crypto'

/**
 * The names kube-proxy gives its chains: a prefix and the first 16 characters of base32(sha256(…)).
 * Source: kube-proxy's iptables proxier, the same formula from 1.8 to 1.36 (portProtoHash, servicePortEndpointChainName).
 */

/** `namespace/name:port`, or `namespace/name` for an unnamed port (since 1.19; before with a trailing colon). */
export function servicePortName(namespace: string, service: string, portName: string, before119 = false): string {
  return portName === '' && !before119 ? `${namespace}/${service}` : `${namespace}/${service}:${portName}`
}

/** What KUBE-SVC-, KUBE-SVL-, KUBE-EXT-, KUBE-FW- and KUBE-XLB- chains of one Service port end in. */
export function servicePortHash(portName: string, protocol: string): string {
  return hash16(portName + protocol.toLowerCase())
}

/** The KUBE-SEP- chain of one endpoint; IPv6 addresses stand in brackets. */
export function endpointChain(portName: string, protocol: string, address: string, port: number): string {
  const host = address.includes(':') ? `[${address}]` : address
  return `KUBE-SEP-${hash16(`${portName}${protocol.toLowerCase()}${host}:${port}`)}`
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 (RFC 4648) of the first ten bytes: eighty bits are sixteen characters. */
function hash16(text: string): string {
  const bytes = sha256(text)
  let result = ''
  for (let start = 0; start < 10; start += 5) {
    const high = (bytes[start]! << 12) | (bytes[start + 1]! << 4) | (bytes[start + 2]! >> 4)
    const low = ((bytes[start + 2]! & 15) << 16) | (bytes[start + 3]! << 8) | bytes[start + 4]!
    for (const part of [high, low]) {
      result +=
        ALPHABET[part >> 15]! + ALPHABET[(part >> 10) & 31]! + ALPHABET[(part >> 5) & 31]! + ALPHABET[part & 31]!
    }
  }
  return result
}

function sha256(text: string): Buffer {
  // The one-shot form is three times faster where Node has it (20.12 on).
  return crypto.hash ? crypto.hash('sha256', text, 'buffer') : createHash('sha256').update(text).digest()
}
