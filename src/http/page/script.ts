import { ACTS } from './acts.ts'
import { DRAW } from './draw.ts'
import { LIVE } from './live.ts'
import { LOG } from './log.ts'
import { SECTIONS } from './sections.ts'
import { WORDS } from './words.ts'

/** The page's script, a module: every part uses only those before it until the last one starts. Its comments stay here. */
export const SCRIPT = [WORDS, DRAW, SECTIONS, LOG, ACTS, LIVE].join('').replace(/^ *\/\/.*\n/gm, '')
