import type { Options } from 'yargs'

/** Options that several commands share, so that they read and mean the same everywhere. */
export const snapshot = {
  alias: 's',
  type: 'string',
  default: 'latest',
  requiresArg: true,
  describe: 'which snapshot: latest, latest~1, yesterday, "2 hours ago", 2026-11-22, a name'
} as const satisfies Options

export const archive = {
  type: 'string',
  default: 'snapshots',
  requiresArg: true,
  describe: 'the folder of snapshots'
} as const satisfies Options

export const output = {
  alias: 'o',
  type: 'string',
  default: 'table',
  requiresArg: true,
  choices: ['table', 'csv', 'tsv', 'json', 'jsonl', 'markdown'],
  describe: 'output format'
} as const satisfies Options
