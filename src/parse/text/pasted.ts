import type { DaemonSetFact, EndpointFact, NodeFact, PodFact, ServiceFact, ServicePortFact } from '../facts.ts'
import type { Problem } from '../iptables/rule.ts'
import type { IptablesCommand } from './iptables-command.ts'
import type { PastedListeners } from './listeners.ts'
import type { Pipeline } from './words.ts'

/** A listing of iptables rules and where it was made; its text is for the reader of such listings. */
export interface PastedIptables {
  /** Prompt and command as pasted, for a reader that takes them before the text. */
  readonly commandLine: string
  readonly command: IptablesCommand
  /** The host the prompt names; null for a pod's listing and for a prompt without host. */
  readonly node: string | null
  readonly namespace: string | null
  readonly pod: string | null
  readonly container: string | null
  /** A grep or the like stands after the command: rules may be missing. */
  readonly filtered: boolean
  /** Those stages of the pipe. */
  readonly filters: Pipeline
  /** All of it in one line, as a web page joins it. */
  readonly joined: boolean
  /** What the command printed. */
  readonly text: string
  /** Where the text begins in the input. */
  readonly line: number
  readonly offset: number
}

export type ListingKind = 'pods' | 'services' | 'endpoints' | 'nodes' | 'daemonsets'

/** What a listing proves to be all there is. Of kinds and namespaces not named in any coverage nothing is known. */
export interface Coverage {
  readonly kind: ListingKind
  /** null: every namespace, or a kind without. */
  readonly namespace: string | null
  /** null: speaks of the whole listing; else of the object of that name alone. */
  readonly object: string | null
  /** True: what is not listed did not exist. */
  readonly complete: boolean
  /** One sentence; '' where complete. */
  readonly why: string
}

export interface PastedText {
  readonly pods: PodFact[]
  readonly services: ServiceFact[]
  readonly servicePorts: ServicePortFact[]
  /** Ready addresses alone, as `kubectl get endpoints` shows no other. */
  readonly endpoints: EndpointFact[]
  readonly nodes: NodeFact[]
  readonly daemonsets: DaemonSetFact[]
  readonly listeners: PastedListeners[]
  readonly iptables: PastedIptables[]
  readonly coverage: Coverage[]
  /** Where every Endpoints object was listed (null: in all namespaces), and how many of them show three of their ready addresses alone. */
  readonly readyEndpoints: { readonly namespace: string | null; readonly cut: number }[]
  readonly unread: Problem[]
}
