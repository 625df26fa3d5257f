import * as z from 'zod/mini'
import type { LogLevel } from '../../base/event.ts'
import { option } from '../option.ts'
import { address, path, port, word } from '../values.ts'

/** How the program is seen and heard. */
export const doorOptions = {
  httpPort: option<number>({
    env: 'COMFY_HTTP_PORT',
    aliases: ['PORT'],
    flag: 'http-port',
    value: 'PORT',
    schema: port,
    fallback: () => 3000,
    why: '3000, where existing deployments probe',
    about: 'Port of /health, /ready and /status.',
  }),
  httpListen: option<string>({
    env: 'COMFY_HTTP_LISTEN',
    flag: 'http-listen',
    value: 'ADDRESS',
    schema: address,
    fallback: ({ inContainer }) => (inContainer ? '0.0.0.0' : '127.0.0.1'),
    why: '0.0.0.0 inside a container, where probes come from outside; 127.0.0.1 outside',
    about: 'Address of /health, /ready and /status.',
  }),
  log: option<LogLevel>({
    env: 'COMFY_LOG',
    flag: 'log',
    value: 'error|warn|info|debug',
    schema: word('error', 'warn', 'info', 'debug'),
    fallback: () => 'info',
    why: 'info: every step and every problem, one line each',
    about: 'How much comfy-init itself logs.',
  }),
  logFormat: option<'text' | 'json'>({
    env: 'COMFY_LOG_FORMAT',
    flag: 'log-format',
    value: 'text|json',
    schema: word('text', 'json'),
    fallback: () => 'text',
    why: 'text: read by people first',
    about: 'Whether log lines are text or one JSON object each.',
  }),
  reaper: option<string>({
    env: 'COMFY_REAPER',
    flag: 'reaper',
    value: 'auto|off|embedded|shell|FILE',
    schema: z.union(
      [word('auto', 'off', 'embedded', 'shell'), path],
      'must be auto, off or an absolute path',
    ),
    fallback: () => 'auto',
    why: 'auto: an init of the image, else the embedded tini, else /bin/sh',
    about: 'What becomes PID 1 when comfy-init is started as PID 1.',
    only: 'env',
  }),
} as const
