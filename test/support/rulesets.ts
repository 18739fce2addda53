import { join } from 'node:path'
import { root } from './cli.ts'

/** Dumps made up of the rules that many programs write, in the words of iptables-save. */
export const rulesets = join(root, 'test/fixtures/rulesets')
