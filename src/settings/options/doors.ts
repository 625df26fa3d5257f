import * as z from 'zod/mini'
import type { LogLevel } from '../../base/event.ts'
import type { Secret } from '../../base/secret.ts'
import { option } from '../option.ts'
import { address, days, daysText, hidden, onOff, path, port, word } from '../values.ts'

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
    about: 'Port of the HTTP door: probes, status, events, metrics and the boot page.',
  }),
  httpListen: option<string>({
    env: 'COMFY_HTTP_LISTEN',
    flag: 'http-listen',
    value: 'ADDRESS',
    schema: address,
    fallback: ({ inContainer }) => (inContainer ? '0.0.0.0' : '127.0.0.1'),
    why: '0.0.0.0 inside a container, where probes come from outside; 127.0.0.1 outside',
    about: 'Address of the HTTP door.',
  }),
  token: option<Secret | undefined>({
    env: 'COMFY_TOKEN',
    flag: 'token',
    value: 'TOKEN',
    schema: hidden,
    fallback: () => undefined,
    why: 'none: over the network everything can be read and nothing done',
    about: 'Token that lets its bearer start, stop and restart services over HTTP.',
    secret: true,
  }),
  bootPageOnComfyPort: option<boolean>({
    env: 'COMFY_BOOT_PAGE_ON_COMFY_PORT',
    flag: 'boot-page-on-comfy-port',
    value: 'on|off',
    schema: onOff,
    fallback: () => false,
    why: 'off: an answer on that port means ComfyUI to whoever probes it',
    about: 'Whether the boot page also answers on ComfyUI’s port until ComfyUI is started.',
  }),
  log: option<'text' | 'json'>({
    env: 'COMFY_LOG',
    aliases: ['COMFY_LOG_FORMAT'],
    flag: 'log',
    value: 'text|json',
    schema: word('text', 'json'),
    fallback: () => 'text',
    why: 'text: read by people first',
    about: 'Whether the container’s log is text or one JSON object per line.',
  }),
  logPrefix: option<boolean>({
    env: 'COMFY_LOG_PREFIX',
    flag: 'log-prefix',
    value: 'on|off',
    schema: onOff,
    fallback: () => true,
    why: 'on: two services share one log',
    about:
      'Whether lines of services begin with their name in a log of text; off passes their bytes on exactly as they come.',
  }),
  logAgeMs: option<number>({
    env: 'COMFY_LOG_DAYS',
    flag: 'log-days',
    value: 'DAYS',
    schema: days,
    fallback: () => 7 * 86_400_000,
    why: '7: a week of log files beside their limit of 10 MiB in 3 files each',
    about: 'Days after which a service’s log file is moved on and an older one removed.',
    show: daysText,
  }),
  logLevel: option<LogLevel>({
    env: 'COMFY_LOG_LEVEL',
    flag: 'log-level',
    value: 'error|warn|info|debug',
    schema: z.pipe(z.pipe(z.string(), z.transform(levelOf)), word('error', 'warn', 'info', 'debug')),
    fallback: () => 'info',
    why: 'info: every step and every problem, one line each',
    about: 'How much comfy-init itself logs.',
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

// Python's names for the same: other images hand COMFY_LOG_LEVEL to ComfyUI.
function levelOf(text: string): string {
  const level = text.trim().toLowerCase()
  return { warning: 'warn', critical: 'error' }[level] ?? level
}
