import type { FastifyPluginCallback } from 'fastify'
import type { Behind } from '../app/doors.ts'
import type { Status } from '../app/status.ts'

/** GET /health: 200 while the process lives. GET /ready: 200 while ComfyUI answers, else 503 with the reason. */
export function health({ status, answers }: Behind): FastifyPluginCallback {
  return (app, _, done) => {
    app.get('/health', () => ({ live: true }))
    app.get('/ready', async (_, reply) => {
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
export function readiness({ phase, step, services }: Status): Readiness {
  const waiting = services.find((each) => each.name === 'comfyui' && each.state !== 'running')
  if ((phase === 'ready' || phase === 'degraded') && waiting === undefined) return { ready: true, phase }
  if (waiting !== undefined) {
    const why = waiting.why === undefined ? '' : `: ${waiting.why}`
    return { ready: false, phase, reason: `comfyui is ${waiting.state}${why}` }
  }
  if (step !== undefined) {
    const percent = step.percent === undefined ? '' : `, ${step.percent} %`
    return { ready: false, phase, reason: `${step.title}${percent}` }
  }
  return { ready: false, phase, reason: `comfy-init is ${phase}` }
}
