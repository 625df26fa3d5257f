import type { RunOptions } from '../support/container.ts'

/** The two ways a container starts the program. */
export const WAYS = ['as PID 1', 'below another init'] as const

/** How to start it so; another init is tini, which hands signals on. */
export function startedAs(way: (typeof WAYS)[number]): Pick<RunOptions, 'init' | 'before'> {
  switch (way) {
    case 'as PID 1':
      return {}
    case 'below another init':
      return { init: true, before: ['/usr/bin/tini', '--'] }
  }
}
