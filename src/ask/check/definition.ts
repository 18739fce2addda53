import { UserError } from '../../problem.ts'

export const SEVERITIES = ['error', 'warn', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/** One check: a .sql file whose head says what it is, and whose query returns the findings. */
export interface Check {
  readonly code: string
  readonly severity: Severity
  readonly title: string
  readonly explanation: string
  /** What to do. */
  readonly fix: string
  /** Subjects of the coverage view without which the answer is not whole. */
  readonly needs: readonly string[]
  readonly source: string
  /** Checks whose finding on the same object or node is the cause of one of this, so that this one need not be told. */
  readonly causes: readonly string[]
  readonly sql: string
  readonly file: string
}

const FIELDS = ['code', 'severity', 'title', 'explanation', 'fix', 'needs', 'source', 'causes']

/** Throws: UserError, naming the file and the field. */
export function parseCheck(sql: string, file: string): Check {
  const fields = new Map<string, string>()
  for (const line of sql.split('\n')) {
    const match = /^-- (\w+): *(.*)$/.exec(line)
    if (!match) break
    if (!FIELDS.includes(match[1]!))
      throw new UserError(`${file}: unknown field "${match[1]}" in its head; there are ${FIELDS.join(', ')}`)
    fields.set(match[1]!, match[2]!)
  }
  const field = (name: string): string => {
    const value = fields.get(name)
    if (!value) throw new UserError(`${file}: its head lacks "-- ${name}: …"`)
    return value
  }
  const severity = field('severity') as Severity
  if (!SEVERITIES.includes(severity))
    throw new UserError(`${file}: severity is ${SEVERITIES.join(', ')}, not "${severity}"`)
  return {
    code: field('code'),
    severity,
    title: field('title'),
    explanation: fields.get('explanation') ?? '',
    fix: field('fix'),
    needs: listed(fields.get('needs')),
    source: fields.get('source') ?? '',
    causes: listed(fields.get('causes')),
    sql,
    file
  }
}

function listed(field = ''): string[] {
  return field
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
}
