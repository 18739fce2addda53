import { createRequire } from 'node:module'
import type BetterSqlite3 from 'better-sqlite3'
import { UserError } from '../problem.ts'

/**
 * better-sqlite3, in the one of its two forms that this Node.js can load. Version 13 speaks Node-API 10 and crashes
 * where Node has an older one; version 12, compiled against the headers of Node 24.19 and later, aborts in garbage
 * collection (their ObjectWrap asks for an environment that is not there then).
 */
const name = Number(process.versions.napi) >= 10 ? 'better-sqlite3-node-api' : 'better-sqlite3'

export function loadSqlite(): typeof BetterSqlite3 {
  try {
    return createRequire(import.meta.url)(name) as typeof BetterSqlite3
  } catch (error) {
    throw new UserError(
      `${name} cannot be loaded (${(error as Error).message.split('\n')[0]}); run "npm ci" with this Node.js, ${process.version}: on Node 20 it is compiled, which needs Python, make and a C++ compiler`,
      { cause: error }
    )
  }
}
