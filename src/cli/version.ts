import { readFileSync } from 'node:fs'
import { packageFolder } from '../package-folder.ts'

export function version(): string {
  return (JSON.parse(readFileSync(packageFolder('package.json'), 'utf8')) as { version: string }).version
}
