export interface IngressRule {
  readonly namespace: string
  readonly ingress: string
  readonly class: string | null
  readonly host: string | null
  readonly path: string | null
  readonly pathType: string | null
  readonly service: string | null
  readonly port: string | null
}

/** Traefik tries the longest rule first (its routers' default priority). */
export function matching(rules: readonly IngressRule[], { host, path }: { host: string; path: string }): IngressRule[] {
  return rules
    .filter((rule) => !rule.class || /traefik/i.test(rule.class))
    .filter((rule) => hostMatches(rule.host ?? '', host.toLowerCase()) && pathMatches(rule, path))
    .sort((a, b) => ingressPriority(b) - ingressPriority(a))
}

/** The length of the rule that Traefik makes of it: Host(`…`) && PathPrefix(`…`). */
export function ingressPriority({ host, path, pathType }: IngressRule): number {
  const parts = [
    ...(host ? [`Host(\`${host}\`)`] : []),
    ...(path ? [`${pathType === 'Exact' ? 'Path' : 'PathPrefix'}(\`${path}\`)`] : [])
  ]
  return parts.join(' && ').length
}

/** `*.` stands for one label; '' for every host. */
export function hostMatches(wanted: string, host: string): boolean {
  if (wanted.startsWith('*.'))
    return host.endsWith(wanted.slice(1).toLowerCase()) && !host.slice(0, 1 - wanted.length).includes('.')
  return wanted === '' || wanted.toLowerCase() === host
}

/** A prefix ends at a slash; Traefik takes ImplementationSpecific for Prefix. */
function pathMatches({ path, pathType }: IngressRule, asked: string): boolean {
  if (!path) return true
  if (pathType === 'Exact') return path === asked
  const prefix = path.replace(/(?<!\/)\/+$/, '')
  return asked === prefix || asked.startsWith(`${prefix}/`)
}
