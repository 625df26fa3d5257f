import type { Bus } from '../base/event.ts'
import type { Act, Behind, Outcome } from './doors.ts'

/** Services that can be acted on; false when there is none of that name, or all are being stopped. */
export type Controlled = {
  readonly services: Behind['services']
  readonly control: (service: string, act: Act) => Promise<boolean>
}

/** Acts on services, and says what came of it: a stop that a start follows is over when the service starts. */
export function controlOf(bus: Bus, controlled: () => Controlled): Behind['control'] {
  return async (service, act) => {
    const { services, control } = controlled()
    const isKnown = services().some(({ name }) => name === service)
    const outcome = control(service, act).then((done): Outcome => {
      if (done) return 'done'
      return isKnown ? 'ending' : 'absent'
    })
    if (act !== 'stop') return outcome
    const started = untilStarted(bus, service)
    return Promise.race([outcome, started.promise]).finally(started.forget)
  }
}

function untilStarted(bus: Bus, service: string) {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const forget = bus.listen((event) => {
    if (event.type !== 'service-state' || event.service !== service) return
    if (event.state === 'starting' || event.state === 'running') resolve('overtaken')
  })
  return { promise, forget }
}
