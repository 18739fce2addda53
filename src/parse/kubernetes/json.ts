import { isIP } from 'node:net'
import type { Protocol } from '../facts.ts'

/**
 * Reading JSON nobody promised the shape of. Absent and null are undefined. A value of another type than the one asked for says nothing that
 * could be told as "none": the accessors of single values throw Unreadable, which costs the object it stands in.
 */

export type Json = Record<string, unknown>

/** A value that no API server writes there. */
export class Unreadable extends Error {
  override name = 'Unreadable'
}

function unreadable(value: unknown, wanted: string): Unreadable {
  const shown = JSON.stringify(value)
  return new Unreadable(`${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown} stands where ${wanted} is expected`)
}

export function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object).filter((entry) => entry !== undefined) : []
}

export function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw unreadable(value, 'a text')
  return value
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((entry) => text(entry) ?? []) : []
}

/** All numbers that are read are whole ones; more than 2^53 of them cannot be told apart. */
export function number(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (!Number.isSafeInteger(value)) throw unreadable(value, 'a whole number')
  return value as number
}

export function boolean(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw unreadable(value, 'true or false')
  return value
}

/** The API server fills it in; TCP where an older one, or a hand, left it out. */
export function protocol(value: unknown): Protocol {
  const name = text(value) ?? 'TCP'
  if (name !== 'TCP' && name !== 'UDP' && name !== 'SCTP') throw unreadable(value, 'TCP, UDP or SCTP')
  return name
}

/** A port's number, or 0 for none. */
export function port(value: unknown): number | undefined {
  const given = number(value)
  if (given !== undefined && (given < 0 || given > 65_535)) throw unreadable(value, 'a port')
  return given
}

/** An IPv4 or IPv6 address; '' and what stands for none (`None`) stay as they are. */
export function address(value: unknown): string | undefined {
  const given = text(value)
  if (given && given !== 'None' && (isIP(given) === 0 || given.includes('%'))) throw unreadable(value, 'an address')
  return given
}

/** Each once. */
export function addresses(value: unknown): string[] {
  return Array.isArray(value) ? [...new Set(value.flatMap((entry) => address(entry) ?? []))] : []
}

/** A number or a name, as text. */
export function portOrName(value: unknown): string | undefined {
  return typeof value === 'string' ? value : port(value)?.toString()
}

/** A map of strings such as annotations. */
export function map(value: unknown): Record<string, string> {
  const entries = Object.entries(object(value) ?? {}).map(([key, entry]): [string, string] => [key, text(entry) ?? ''])
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `app.kubernetes.io/name`: what Kubernetes takes as the name of a label. */
export function isLabelName(name: string): boolean {
  return /^(?:[a-z0-9.-]{1,253}\/)?[a-z0-9](?:[\w.-]{0,61}[a-z0-9])?$/i.test(name)
}

/** Labels, or a selector of them. Checks ask for them by a path in JSON, which the name becomes a part of. */
export function labels(value: unknown): Record<string, string> {
  const given = map(value)
  const odd = Object.keys(given).find((name) => !isLabelName(name))
  if (odd !== undefined) throw unreadable(odd, "a label's name")
  return given
}

/** Follows keys into nested objects. */
export function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>((inner, key) => object(inner)?.[key], value)
}
