import { canonicalAddress } from '../sockets/socket.ts'

/** `010200C0`, a 32-bit word in the byte order of a little-endian machine: 192.0.2.1. */
export function fromHexWord(word: string): string {
  return bytesOf(word).reverse().join('.')
}

/** 32 digits in the order of the network: an IPv6 address. */
export function fromHexBytes(digits: string): string {
  const groups = digits.match(/.{4}/g) ?? []
  const text = groups.join(':')
  return canonicalAddress(text) ?? text
}

/** Bits of a mask, in the byte order of a little-endian machine; null for what is no mask. */
export function hexPrefix(word: string): number | null {
  const bits = bytesOf(word)
    .reverse()
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
  return /^1*0*$/.test(bits) && bits.length === 32 ? bits.replaceAll('0', '').length : null
}

function bytesOf(digits: string): number[] {
  return (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
}
