import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { root } from '../support/cli.ts'

export type Manifest = any

export const FOLDERS = ['base', 'nodes', 'exec', 'debug', 'cron'] as const

/** What `kubectl kustomize deploy/<folder>` makes. */
export function kustomized(folder: string): Manifest[] {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', join(root, 'deploy', folder)], {
    encoding: 'utf8'
  })
  if (status !== 0) throw new Error(stderr)
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest)
}

/** One thing that may be done, or was. `namespace` is null for all of them. */
export interface Access {
  readonly verb: string
  readonly resource: string
  readonly namespace: string | null
}

export const line = ({ verb, resource, namespace }: Access): string => `${verb} ${resource} ${namespace ?? '*'}`

/** All that the collector's account is bound to. */
export function granted(manifests: readonly Manifest[]): Access[] {
  return manifests
    .filter(({ kind }) => /RoleBinding$/.test(kind))
    .flatMap((binding) => {
      const account = binding.subjects.every(
        (subject: Manifest) =>
          subject.kind === 'ServiceAccount' && subject.name === 'snap-collector' && subject.namespace === 'snap'
      )
      if (!account) throw new Error(`${binding.metadata.name} is bound to somebody else`)
      const role = manifests.find(
        ({ kind, metadata }) =>
          kind === binding.roleRef.kind &&
          metadata.name === binding.roleRef.name &&
          metadata.namespace === binding.metadata.namespace
      )
      const namespace = binding.kind === 'RoleBinding' ? binding.metadata.namespace : null
      return role.rules.flatMap(({ apiGroups, resources, verbs }: Manifest) =>
        apiGroups.flatMap((group: string) =>
          resources.flatMap((resource: string) =>
            verbs.map((verb: string) => ({
              verb,
              resource: group === '' ? resource : `${resource}.${group}`,
              namespace
            }))
          )
        )
      )
    })
}

const VERBS: { readonly [method: string]: readonly [one: string, many: string] } = {
  GET: ['get', 'list'],
  POST: ['create', 'create'],
  DELETE: ['delete', 'deletecollection']
}

/** What a request to the API server needs; null for discovery and the version, which every account may read. */
export function needed(request: string): Access[] {
  const [method = '', url = ''] = request.split(' ')
  const [, group, rest = ''] = /^\/(?:api|apis\/([^/]+))\/v[^/]+\/(.+?)(?:\?.*)?$/.exec(url) ?? []
  if (rest === '') return []
  const words = rest.split('/')
  const namespaced = words[0] === 'namespaces' && words.length > 2
  const namespace = namespaced ? words[1]! : null
  const [plural, name, subresource] = namespaced ? words.slice(2) : words
  const resource = `${plural}${subresource === undefined ? '' : `/${subresource}`}${group === undefined ? '' : `.${group}`}`
  // kubectl since 1.31 opens an exec by GET, before by POST; a role has to do for both.
  if (subresource === 'exec') return ['create', 'get'].map((verb) => ({ verb, resource, namespace }))
  return [{ verb: VERBS[method]![name === undefined ? 1 : 0], resource, namespace }]
}
