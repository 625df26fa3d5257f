import { onTestFinished } from 'vitest'
import { makeFeed } from '../../src/app/feed.ts'
import type { Status } from '../../src/app/status.ts'
import type { Death } from '../../src/base/death.ts'
import { makeBus } from '../../src/base/event.ts'
import { secret } from '../../src/base/secret.ts'
import { realClock } from '../../src/host/clock.ts'
import { serve } from '../../src/host/serve.ts'
import { appFor } from '../../src/http/app.ts'
import { earlyAppFor } from '../../src/http/early-app.ts'
import { aBehind } from '../support/status.ts'

/** How a door behaves: what the token is, and whether it stands in for ComfyUI. */
export type FakeOptions = { readonly token?: string; readonly isEarly?: boolean; readonly port?: number }

/** A real door with a play behind it; `asked` are the acts that were asked for. */
export type FakeDoors = {
  readonly url: string
  readonly port: number
  readonly asked: readonly string[]
  readonly show: (status: Status) => void
  /** A line of a service, as its bytes come, without the line end. */
  readonly line: (service: string, text: string, isOverwritten?: boolean) => void
  readonly died: (death: Death) => void
  /** Ends every connection and answers no more. */
  readonly close: () => Promise<void>
}

/** The doors over TCP with a play behind them: for states that a real boot reaches rarely, or not at will. */
export async function fakeDoors(first: Status, options: FakeOptions = {}): Promise<FakeDoors> {
  const bus = makeBus()
  let now = first
  const status = () => now
  const behind = aBehind({
    status,
    feed: makeFeed(bus, { clock: realClock(), status, secrets: () => [] }),
    token: options.token === undefined ? undefined : secret(options.token),
  })
  const app = options.isEarly ? await earlyAppFor(behind) : await appFor(behind, { mayAct: false })
  const served = await serve({ host: '127.0.0.1', port: options.port ?? 0 }, app.routing)
  onTestFinished(served.close)
  return {
    url: `http://127.0.0.1:${served.port}/`,
    port: served.port ?? 0,
    asked: behind.asked,
    show: (next) => {
      now = next
      bus.tell({ type: 'note', level: 'info', text: 'The status has changed.' })
    },
    line: (service, text, isOverwritten = false) =>
      bus.tell({ type: 'service-line', service, stream: 'stdout', bytes: Buffer.from(text), isOverwritten }),
    died: (death) => bus.tell({ type: 'death', death }),
    close: served.close,
  }
}
