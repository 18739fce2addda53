import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { root } from './cli.ts'

/**
 * Packet-flow cases with known answers, in shared/oracle where that stands beside the checkout: one JSON object a line.
 * Each proxy mode has files, and a form, of its own.
 */
const FILES = { iptables: /^flows-\d[\d.]*\.jsonl$/, nftables: /^flows-nft-\d[\d.]*\.jsonl$/ } as const

const folder = join(root, '../shared/oracle')
export const hasOracle = existsSync(folder)

/** A test that needs the cases; skipped where they are missing. */
export const testWithOracle = hasOracle ? test : test.skip

export function oracleFiles(mode: keyof typeof FILES): string[] {
  return hasOracle ? readdirSync(folder).filter((name) => FILES[mode].test(name)) : []
}

export function oracleCases<Case>(file: string): Case[] {
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Case)
}
