import { type Content, html } from './markup.ts'

/** `#service/demo/web` of `service/demo/web:http`; null for what is no Service. */
export function serviceLink(object: string): string | null {
  const [, namespace, name] = /^service\/([^/]+)\/([^/:]+)(?::[^/]*)?$/.exec(object) ?? []
  return namespace === undefined || name === undefined
    ? null
    : `#service/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`
}

/** An object by its name, with the way to its picture. */
export function objectLink(object: string): Content {
  const link = serviceLink(object)
  return link === null ? object : html`<a href="${link}">${object}</a>`
}

/** `demo` of `service/demo/web:http`; '' for what is in no namespace. */
export function namespaceOf(object: string): string {
  return /^[^/]+\/([^/]+)\/./.exec(object)?.[1] ?? ''
}
