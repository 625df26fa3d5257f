import { metricNames } from '../../src/app/metrics-names.ts'
import { type Route, refusals, routes } from '../../src/http/routes.ts'

const INTRODUCTION = `<!-- Made by npm run docs from src/http/ and src/app/; edit there. -->

# HTTP

comfy-init answers HTTP at two doors: over the network at \`COMFY_HTTP_LISTEN\`:\`COMFY_HTTP_PORT\` (0.0.0.0:3000 in a
container), and on the control socket, which only root and the user it runs as can open. Both are open as soon as a first boot
begins to change something, and while services run.

Over the network everybody may read, and whoever knows \`COMFY_TOKEN\` may act: it is sent as \`Authorization: Bearer TOKEN\`, or
once to \`POST /session\`. The control socket asks for no token. Its file is \`control.sock\` in \`COMFY_RUNTIME_DIR\`:
\`curl --unix-socket /run/comfy-init-comfy/control.sock http://x/status\`.

Errors are JSON: \`{"error": {"code", "message"}}\`.
`

/** docs/reference/http.md. */
export function httpPage(): string {
  return [
    INTRODUCTION,
    ...routes.map(sectionOf),
    `## Who may not act\n\nOver the network these come before anything else:\n\n${answersOf(refusals)}`,
    `## Metrics\n\n${metricsTable()}`,
  ].join('\n')
}

const DOORS: Readonly<Record<Route['door'], string>> = {
  both: 'Both doors',
  network: 'Network',
  socket: 'Control socket',
}

function sectionOf({ method, path, door, needsToken, about, answers }: Route): string {
  const who = `${DOORS[door]}${needsToken ? ', with the token over the network' : ''}.`
  return `## ${method} ${path}\n\n${about} ${who}\n\n${answersOf(answers)}`
}

function answersOf(answers: Readonly<Record<number, string>>): string {
  return `${Object.entries(answers)
    .map(([status, meaning]) => `- ${status}: ${meaning}`)
    .join('\n')}\n`
}

function metricsTable(): string {
  const rows = Object.entries(metricNames).map(
    ([name, [kind, help]]) => `| \`comfy_init_${name}\` | ${kind} | ${help} |`,
  )
  return `| Name | Kind | What it tells |\n| --- | --- | --- |\n${rows.join('\n')}\n`
}
