import type { FastifyPluginCallback } from 'fastify'
import type { Behind } from '../app/doors.ts'
import type { Status } from '../app/status.ts'
import type { Condition } from '../base/event.ts'

/**
 * Probes: /livez and /health are 200 while the program answers at all, /startupz once ComfyUI was ready for the first time,
 * /readyz and /ready while it can be used; 503 otherwise, with the reason.
 */
export function health({ status, answers, wasReady }: Behind): FastifyPluginCallback {
  return (app, _, done) => {
    app.get('/livez', () => ({ live: true }))
    app.get('/health', () => ({ live: true, phase: status().phase }))
    app.get('/startupz', (_, reply) => {
      const { phase, reason } = readiness(status())
      if (wasReady()) return { started: true, phase }
      return reply.code(503).send({ started: false, phase, reason: reason ?? `comfy-init is ${phase}` })
    })
    for (const path of ['/readyz', '/ready'])
      app.get(path, async (_, reply) => {
        const known = readiness(status())
        const found = known.ready && !(await answers()) ? { ...known, ready: false, reason: SILENT } : known
        return reply.code(found.ready ? 200 : 503).send(found)
      })
    done()
  }
}

const SILENT = 'ComfyUI runs and does not answer GET /prompt'

/** Whether ComfyUI can be used, and if not, what it waits for, in words. */
export type Readiness = {
  readonly ready: boolean
  readonly phase: Status['phase']
  readonly reason?: string
}

/** Judges the status. Degraded is ready: something optional is missing, ComfyUI answers all the same. */
export function readiness({ phase, step, services, conditions }: Status): Readiness {
  const waiting = services.find((each) => each.name === 'comfyui' && each.state !== 'running')
  const hindrance = conditions.find((each) => HINDERS[each.condition])
  if ((phase === 'ready' || phase === 'degraded') && waiting === undefined)
    return hindrance === undefined ? { ready: true, phase } : { ready: false, phase, reason: hindrance.text }
  if (waiting !== undefined) {
    const why = waiting.why === undefined ? '' : `: ${waiting.why}`
    return { ready: false, phase, reason: `comfyui is ${waiting.state}${why}` }
  }
  if (step !== undefined) {
    const percent = step.percent === undefined ? '' : `, ${step.percent} %`
    return { ready: false, phase, reason: `${step.title}${percent}` }
  }
  return { ready: false, phase, reason: hindrance?.text ?? `comfy-init is ${phase}` }
}

/** Whether a ComfyUI that answers is of no use all the same. */
const HINDERS: Readonly<Record<Condition, boolean>> = {
  'safe-mode': false,
  stalled: true,
  'gpu-lost': true,
  draining: true,
  'import-failed': false,
}
