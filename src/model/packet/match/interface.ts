/** -i and -o, and the device a packet has at each hook. */
import type { Situation } from './part.ts'
import { ask, type Truth } from './truth.ts'

/** Empty: no device there. null: one we do not know. */
export function inDevice({ flow, hook }: Situation): string | null {
  if (hook === 'OUTPUT') return ''
  // Kernels before 5.7 show POSTROUTING no input device, later ones do.
  if (hook === 'POSTROUTING') return flow.fromHost ? '' : null
  return flow.arrival
}

export function outDevice({ flow, hook }: Situation): string | null {
  return hook === 'PREROUTING' || hook === 'INPUT' ? '' : flow.departure
}

/** `eth+` is any name that begins with `eth`. */
export function interfaceTruth(side: 'in' | 'out', name: string, situation: Situation): Truth {
  const wildcard = name.endsWith('+')
  const stem = wildcard ? name.slice(0, -1) : name
  if (wildcard && stem === '') return true
  const device = side === 'in' ? inDevice(situation) : outDevice(situation)
  if (device !== null) return wildcard ? device.startsWith(stem) : device === stem
  // What is unknown is never the loopback: packets there are known to be the host's own.
  if (name === 'lo') return false
  const verb = side === 'in' ? 'arrives on' : 'leaves by'
  return ask({
    id: `${side} ${situation.hook === 'POSTROUTING' ? 'after routing ' : ''}${name}`,
    text: `the packet ${verb} ${wildcard ? `an interface named ${stem}…` : name}`,
    reason: 'the interface is not known',
    ...(wildcard ? {} : { learn: side === 'in' ? learnArrival(name) : learnDeparture(name) })
  })
}

function learnArrival(name: string) {
  return (flow: Situation['flow']) => ({ ...flow, arrival: name })
}

function learnDeparture(name: string) {
  return (flow: Situation['flow']) => ({ ...flow, departure: name })
}
