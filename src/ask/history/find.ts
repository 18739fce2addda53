import { isIP } from 'node:net'
import { API_KINDS, API_NAMES, type ApiName } from '../../kinds/kinds.ts'
import { UserError } from '../../problem.ts'
import type { Store } from '../../store/open.ts'
import type { Followed } from './followed.ts'
import { followAddress } from './kinds/address.ts'
import { followChain } from './kinds/chain.ts'
import { followFrontend, ownersOfFrontend } from './kinds/frontend.ts'
import { followNode } from './kinds/node.ts'
import { followObject, namesOf } from './kinds/object.ts'
import { followPod } from './kinds/pod.ts'
import { followService } from './kinds/service.ts'

interface Kind {
  readonly words: readonly string[]
  /** SQL for the names of all that ever stood. */
  readonly names: string
  follow(store: Store, name: string, node: string | undefined): Followed
}

const parted = (name: string) => name.split('/') as [string, string]

/** Kinds of which more is followed than their own rows. */
const FOLLOWED: { readonly [kind in ApiName]?: Pick<Kind, 'follow'> & Partial<Kind> } = {
  services: {
    // The Endpoints of a Service may outlive it, or be read without it.
    names:
      "SELECT DISTINCT namespace || '/' || service FROM _service UNION SELECT DISTINCT namespace || '/' || service FROM _endpoint",
    follow: (store, name, node) => followService(store, ...parted(name), node)
  },
  pods: { follow: (store, name) => followPod(store, ...parted(name)) },
  nodes: {
    names: 'SELECT DISTINCT node FROM _node UNION SELECT DISTINCT node FROM _part WHERE node IS NOT NULL',
    follow: (store, name) => followNode(store, name)
  }
}

const KINDS: readonly Kind[] = [
  ...API_NAMES.map((kind): Kind => {
    const { singular, short = [] } = API_KINDS[kind]
    return {
      words: [singular, kind, ...short],
      names: namesOf(kind),
      follow: (store, name) => followObject(store, kind, name),
      ...FOLLOWED[kind]
    }
  }),
  {
    words: ['chain', 'chains'],
    names: 'SELECT DISTINCT chain FROM _chain_name',
    follow: (store, name, node) => followChain(store, name, node)
  }
]

const EXAMPLES = 'service/demo/web, pod/demo/web-1, node/kube-master, chain/KUBE-SERVICES, 10.42.0.7, 10.43.0.1:443'

/** Names that are like the wanted one, best first: the caller's way of finding them. */
export type Nearest = (wanted: string, names: readonly string[]) => string[]

/**
 * What an object's name means: several where an address and port is a frontend of several Services. A Service or pod may be named without its
 * namespace where only one ever had that name. Throws: UserError where no snapshot of the store has such an object, naming the nearest.
 */
export function find(store: Store, object: string, { node, nearest }: { node?: string; nearest: Nearest }): Followed[] {
  const [word = '', ...rest] = object.split('/')
  const kind = KINDS.find(({ words }) => words.includes(word.toLowerCase()))
  if (kind && rest.length > 0) return [kind.follow(store, named(store, kind, rest.join('/'), nearest), node)]
  const address = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(object)
  const [host, port] = address
    ? [address[1] ?? address[2]!, Number(address[3])]
    : [object.replace(/^\[(.*)\]$/, '$1'), undefined]
  if (isIP(host) === 0) throw new UserError(`log: ${object} is no object; say one of ${EXAMPLES}`)
  return byAddress(store, host, port, node)
}

function byAddress(store: Store, host: string, port: number | undefined, node: string | undefined): Followed[] {
  const shown = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const owners = port === undefined ? [] : ownersOfFrontend(store, host, port)
  if (owners.length > 0) return owners.map((owner) => followFrontend(store, owner, shown, node))
  const isKnown = store
    .prepare(
      'SELECT 1 FROM _endpoint WHERE address = @host AND (@port IS NULL OR port = @port) UNION ALL SELECT 1 FROM _pod WHERE ip = @host LIMIT 1'
    )
    .get({ host, port: port ?? null })
  if (isKnown === undefined) {
    const what =
      port === undefined
        ? `an endpoint or pod with the address ${host}`
        : `a Service's address and port, or an endpoint, ${shown}`
    throw new UserError(
      `log: no snapshot of the store has ${what}${port === undefined ? "; for a Service's address name its port too" : ''}`
    )
  }
  return [followAddress(store, host, port, node)]
}

function named(store: Store, { names, words }: Kind, wanted: string, nearest: Nearest): string {
  const all = store.prepare(names).pluck().all() as string[]
  const found = all.filter((name) => name === wanted)
  const byEnd = found.length > 0 ? found : all.filter((name) => name.endsWith(`/${wanted}`))
  if (byEnd.length > 1)
    throw new UserError(
      `log: ${byEnd.length} ${words[0]}s were named ${wanted}: ${byEnd.slice(0, 6).join(', ')}; say which`
    )
  if (byEnd.length === 0) {
    const near = all.length > 0 ? `; nearest: ${nearest(wanted, all).join(', ')}` : ''
    throw new UserError(`log: no snapshot of the store has a ${words[0]} ${wanted}${near}`)
  }
  return byEnd[0]!
}
