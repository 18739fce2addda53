import { isKubernetesName } from '../../collect/name.ts'

/** What the name of a file in somebody's folder says of it. */

const PROGRAM =
  /ip6?tables(?:-(?:legacy|nft))?(?:-(?:nat|filter|mangle|raw|security))?(?:[-_]?save)?(?:[-_]c)?|(?:ss|netstat)(?:[-_][a-zA-Z]+)?|ip-(?:json-)?(?:addr(?:ess)?|route)|ipset(?:[-_]save)?/
export const ENDINGS = /(?:\.(?:gz|txt|log|out|dump|save|rules|json|ya?ml))+$/

/** What may be a node's name, the likeliest first. A folder below `pods/` is of a namespace, a pod or a container. */
export function namesOf(path: string): string[] {
  const folders = path.split('/')
  const name = folders.pop()!.replace(ENDINGS, '')
  const rest = name
    .replace(new RegExp(`(?:^|[-_.])(?:${PROGRAM.source})(?=$|[-_.])`), '')
    .replace(/^[-_.]+|[-_.]+$/g, '')
  return [...(rest !== name ? [rest] : []), ...(inPod(path) ? [] : folders.slice(-1))].filter(isKubernetesName)
}

export function inPod(path: string): boolean {
  return /(?:^|\/)pods\/.+\//.test(path)
}
