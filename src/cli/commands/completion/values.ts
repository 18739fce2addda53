import { readdirSync } from 'node:fs'
import { KIND_WORDS, kindOf } from '../../../ask/get/kinds.ts'
import { isKubernetesName, isSnapshotName } from '../../../collect/name.ts'
import { packageFolder } from '../../../package-folder.ts'
import { SHOWN } from '../show/kinds.ts'

/** What may stand at a place of the command line: fixed words, and names out of the store. */
export interface Values {
  readonly words?: readonly string[]
  readonly names?: readonly Names[]
}

/** Names out of the store. */
export interface Names {
  /** One column, without a name twice. */
  readonly sql: string
  /** A store holds what a stranger's archive held. What can be no name is not offered: it may be made for the shell that reads it. */
  readonly isName: (text: string) => boolean
  /** `service` where the word is `service/NAME`. */
  readonly prefix?: string
}

const LATEST = 'SELECT id FROM _snapshot ORDER BY started_at DESC, id DESC LIMIT 1'
const inLatest = (table: string, column: string) =>
  `SELECT DISTINCT ${column} FROM ${table} x JOIN _part_set t ON t.collection = x.collection AND x.since <= t.seq AND t.seq < x.until JOIN _part p ON p.id = t.part AND p.snapshot = (${LATEST})`

const SNAPSHOTS: Values = {
  words: ['latest', 'latest~1', 'yesterday', 'today'],
  names: [{ sql: 'SELECT name FROM _snapshot ORDER BY started_at DESC', isName: isSnapshotName }]
}
/** A node, a namespace, or `namespace/name`. */
const isObject = (text: string): boolean => text.split('/').every(isKubernetesName)
/** The names that are in use; the kernel takes any bytes. */
const isChain = (text: string): boolean => /^[A-Za-z0-9][\w.:-]*$/.test(text)

const NODES: Names = {
  isName: isObject,
  sql: `SELECT DISTINCT node FROM _part WHERE snapshot = (${LATEST}) AND node IS NOT NULL UNION ${inLatest('_node', 'x.node')}`
}
const NAMESPACES: Names = {
  isName: isObject,
  sql: `${inLatest('_service', 'x.namespace')} UNION ${inLatest('_pod', 'x.namespace')}`
}
const SERVICES: Names = { isName: isObject, sql: inLatest('_service', "x.namespace || '/' || x.service") }
const PODS: Names = { isName: isObject, sql: inLatest('_pod', "x.namespace || '/' || x.pod") }
const CHAINS: Names = { isName: isChain, sql: 'SELECT DISTINCT chain FROM _chain_name' }

/** By the option before the word. Options with a value that is not listed complete to nothing, so that the shell offers files. */
const OF_OPTION: Readonly<Record<string, Values>> = {
  '-s': SNAPSHOTS,
  '--snapshot': SNAPSHOTS,
  '--since': SNAPSHOTS,
  '--until': SNAPSHOTS,
  '--new-since': SNAPSHOTS,
  '--node': { names: [NODES] },
  '-n': { names: [NAMESPACES] },
  '--namespace': { names: [NAMESPACES] },
  '--service': { names: [SERVICES] },
  '--chain': { names: [CHAINS] },
  '--store': {},
  '--archive': {},
  '--csv': {},
  '--file': {},
  '--dump': {},
  '--ip6-dump': {},
  '--batch': {},
  '--text': {},
  '--suppress': {},
  '--baseline': {},
  '--write-baseline': {},
  '--checks': {}
}

const OBJECTS: readonly [string, Names][] = [
  ['service', SERVICES],
  ['pod', PODS],
  ['node', NODES],
  ['chain', CHAINS]
]

/** What a command's own words may be, by its name and which of them is asked for, from 0. */
function ofCommand(command: string, words: readonly string[], place: number): Values | undefined {
  switch (command) {
    case 'diff':
      return place < 2 ? SNAPSHOTS : undefined
    case 'check':
      return { words: codes() }
    case 'explain':
      return place === 0 ? { words: codes() } : undefined
    case 'blame':
      return place === 0 ? { names: [CHAINS] } : undefined
    case 'log':
      return place === 0 ? { names: OBJECTS.map(([prefix, names]) => ({ ...names, prefix })) } : ofKind(words[0] ?? '')
    case 'trace':
      return place === 0 ? { names: [{ ...SERVICES, prefix: 'service' }] } : undefined
    case 'get':
      return place === 0 ? { words: KIND_WORDS } : ofKind(words[0] ?? '')
    case 'show':
    case 'describe':
      if (place === 0) return { words: Object.keys(SHOWN) }
      return words[0] === 'chain' ? { names: [place === 1 ? NODES : CHAINS] } : ofKind(words[0] ?? '')
    case 'import':
    case 'pack':
      return {}
    default:
      return undefined
  }
}

/** A check's file bears its code. */
function codes(): string[] {
  return readdirSync(packageFolder('src', 'ask', 'check', 'catalogue')).map((file) =>
    file.replace(/\.sql$/, '').toUpperCase()
  )
}

function ofKind(word: string): Values | undefined {
  const names = OBJECTS.find(([kind]) => kind === kindOf(word)?.singular)?.[1]
  return names && { names: [names] }
}

/** What may stand after an option, or among a command's own words. undefined where nothing but their declaration tells. */
export function valuesAt(own: readonly string[], before: string): Values | undefined {
  if (Object.hasOwn(OF_OPTION, before) && !(before === '-n' && own[0] === 'log')) return OF_OPTION[before]
  return (before.startsWith('-') && !FLAGS.has(before)) || own[0] === undefined
    ? undefined
    : ofCommand(own[0], own.slice(1), own.length - 1)
}

/** The command and its own words: no options, nor their values. */
export function ownWords(words: readonly string[]): string[] {
  const isValue = (place: number) => /^-[^=]*$/.test(words[place - 1] ?? '') && !FLAGS.has(words[place - 1]!)
  return words.filter((word, place) => !word.startsWith('-') && !isValue(place))
}

const FLAGS = new Set(['--rules', '--counters', '--debug', '-A', '--all-namespaces', '--no-headers', '--dry-run', '-c'])
