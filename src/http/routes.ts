/** One route as the reference shows it: where it is answered, for whom, and with what. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** The network door, the control socket, or both. */
  readonly door: 'both' | 'network' | 'socket'
  /** Over the network only whoever knows COMFY_TOKEN is answered. */
  readonly needsToken?: true
  readonly about: string
  /** What the statuses of its answers mean. */
  readonly answers: Readonly<Record<number, string>>
}

const ACTED = {
  200: '{"service", "act"}; after a stop, the service is at rest',
  404: 'SERVICE_NOT_FOUND: there is no such service',
  409: 'SERVICE_BUSY: a stop was overtaken by a start, or everything is being stopped',
} as const

/** Every route of the doors, in the order of the reference. */
export const routes: readonly Route[] = [
  {
    method: 'GET',
    path: '/livez',
    door: 'both',
    about:
      'Whether comfy-init lives; for a liveness probe. Neither a long first boot nor ComfyUI makes it fail.',
    answers: { 200: '{"live": true}' },
  },
  {
    method: 'GET',
    path: '/startupz',
    door: 'both',
    about: 'Whether ComfyUI has been ready since comfy-init started; for a startup probe.',
    answers: {
      200: '{"started": true, "phase"}',
      503: '{"started": false, "phase", "reason"}: what it waits for',
    },
  },
  {
    method: 'GET',
    path: '/readyz',
    door: 'both',
    about:
      'Whether ComfyUI can be used: it answers, is not stalled, has its GPU, and is not being drained; for a readiness probe.',
    answers: { 200: '{"ready": true, "phase"}', 503: '{"ready": false, "phase", "reason"}' },
  },
  {
    method: 'GET',
    path: '/ready',
    door: 'both',
    about: 'The same as /readyz.',
    answers: { 200: 'ready', 503: 'not ready' },
  },
  {
    method: 'GET',
    path: '/health',
    door: 'both',
    about: 'The same as /livez, with the phase.',
    answers: { 200: '{"live": true, "phase"}' },
  },
  {
    method: 'GET',
    path: '/status',
    door: 'both',
    about:
      'Everything known about this boot: phase, steps, services, conditions, the last five deaths, problems, addresses.',
    answers: { 200: 'JSON' },
  },
  {
    method: 'GET',
    path: '/events',
    door: 'both',
    about:
      'What happens, as server-sent events: `status` (the whole status, first and whenever it changed), `line` (one line of a service; the last 200 of each first, `?lines=N` for fewer), `service` (each state that a service enters, in their order), `death` (one death with its last lines), `skipped` (how many lines were left out because they came too fast).',
    answers: {
      200: 'text/event-stream; ends with the program. A reader for whom more than 256 KiB wait, or anything for more than 30 s, is let go',
      400: 'lines is no number from 0 to 200',
      503: 'READERS_TOO_MANY: 32 read already',
    },
  },
  {
    method: 'GET',
    path: '/metrics',
    door: 'both',
    about: 'Measurements for Prometheus; all names begin with `comfy_init_`.',
    answers: { 200: 'text in the exposition format 0.0.4' },
  },
  { method: 'GET', path: '/', door: 'both', about: 'The boot page.', answers: { 200: 'HTML' } },
  ...(['start', 'stop', 'restart'] as const).map(
    (act): Route => ({
      method: 'POST',
      path: `/services/NAME/${act}`,
      door: 'both',
      needsToken: true,
      about: `${{ start: 'Starts', stop: 'Stops', restart: 'Restarts' }[act]} a service.`,
      answers: ACTED,
    }),
  ),
  {
    method: 'GET',
    path: '/session',
    door: 'both',
    about: 'Whether the caller may act.',
    answers: { 200: '{"mayAct"}' },
  },
  {
    method: 'POST',
    path: '/session',
    door: 'network',
    needsToken: true,
    about:
      'Opens a session for a browser: {"token"} as JSON. Its cookie lasts twelve hours, ends with comfy-init, and acts for pages of this very origin alone.',
    answers: { 200: '{"mayAct": true} and the cookie' },
  },
  {
    method: 'DELETE',
    path: '/session',
    door: 'network',
    about: 'Ends the session.',
    answers: { 200: '{"mayAct": false}' },
  },
  {
    method: 'GET',
    path: '/services',
    door: 'socket',
    about: 'Names of the services.',
    answers: { 200: '{"services"}' },
  },
  {
    method: 'GET',
    path: '/services/NAME/log',
    door: 'socket',
    about: 'Where the log of a service lies.',
    answers: { 200: '{"service", "path"}', 404: 'SERVICE_NOT_FOUND' },
  },
]

/** How callers without the right to act are answered, whatever they ask for. */
export const refusals: Readonly<Record<number, string>> = {
  401: 'TOKEN_MISSING, TOKEN_WRONG',
  403: 'TOKEN_NOT_SET: COMFY_TOKEN is not set; ORIGIN_FOREIGN: a session was used by a page of another origin',
  429: 'TOKEN_TRIES: ten wrong tokens came from this address within a minute; Retry-After says how long to wait',
}
