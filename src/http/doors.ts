import type { Behind, OpenDoors } from '../app/doors.ts'
import type { Host } from '../host/host.ts'
import type { OnRequest } from '../host/serve.ts'

/**
 * The HTTP doors of a machine: reading over TCP, acting over a unix socket (mode 0600) alone. Both listen at once;
 * Fastify is loaded by the first request, so that a start waits for none of it. Neither is open when one cannot be.
 */
export function doorsOn(host: Host): OpenDoors {
  return async (behind, { host: address, port, socket, isEarly = false }) => {
    const reading = await host.net.serve(
      { host: address, port },
      answerWith(behind, { mayAct: false, isEarly }),
    )
    const close = [reading.close]
    if (socket !== undefined) {
      try {
        const acting = await host.net.serve({ socket }, answerWith(behind, { mayAct: true }))
        close.push(acting.close)
      } catch (error) {
        await reading.close()
        throw error
      }
    }
    return {
      close: async () => {
        await Promise.all(close.map((each) => each()))
      },
    }
  }
}

function answerWith(behind: Behind, may: May): OnRequest {
  let app: Promise<OnRequest> | undefined
  return (request, response) => {
    app ??= appOf(behind, may)
    app.then(
      (answer) => answer(request, response),
      () => response.writeHead(500).end(),
    )
  }
}

type May = { readonly mayAct: boolean; readonly isEarly?: boolean }

async function appOf(behind: Behind, { mayAct, isEarly = false }: May): Promise<OnRequest> {
  const app = isEarly
    ? await import('./early-app.ts').then(({ earlyAppFor }) => earlyAppFor(behind))
    : await import('./app.ts').then(({ appFor }) => appFor(behind, { mayAct }))
  return app.routing
}
