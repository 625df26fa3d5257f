import { spawnSync } from 'node:child_process'
import { isProgramFor } from './elf.ts'

const shells = ['/bin/sh', '/usr/bin/sh', '/bin/bash', '/bin/busybox']

/** The first shell that answers, or undefined. */
export function findShell(): string | undefined {
  return shells.find(answers)
}

/** The argument list that makes this shell a small init around the command. It needs no writable folder. */
export function shellArgv(shell: string, command: readonly string[]): readonly string[] {
  return [...applet(shell), '-c', script, 'comfy-init', ...command]
}

function answers(shell: string): boolean {
  if (!isProgramFor(shell)) return false
  const [, ...before] = applet(shell)
  const trial = spawnSync(shell, [...before, '-c', 'echo ready'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 2000,
    killSignal: 'SIGKILL',
    encoding: 'latin1',
  })
  return trial.stdout?.trim() === 'ready'
}

function applet(shell: string): readonly string[] {
  return shell.endsWith('/busybox') ? [shell, 'sh'] : [shell]
}

// Shells reap whatever they inherit while they wait. What needs care:
// - a background command gets /dev/null for stdin, hence the detour over descriptor 3;
// - a signal before the child exists is kept and passed on once it does;
// - a terminal sends INT and QUIT to the child itself, so with one they are not sent twice;
// - a trap cuts «wait» short, so we wait again; 127 then means that the answer before was the child's own.
const script = `
exec 3<&0
asked=
for name in TERM INT HUP QUIT USR1 USR2; do trap "asked=$name" "$name"; done
"$@" <&3 3<&- &
child=$!
exec 3<&-
forward() { asked=$1; kill -s "$1" "$child" 2>/dev/null; }
for name in TERM HUP USR1 USR2; do trap "forward $name" "$name"; done
if [ -t 0 ]; then trap 'asked=key' INT QUIT; else trap 'forward INT' INT; trap 'forward QUIT' QUIT; fi
[ -z "$asked" ] || forward "$asked"
code=
while :; do
  asked=
  wait "$child"
  now=$?
  [ "$now" = 127 ] && [ -n "$code" ] && break
  code=$now
  [ -z "$asked" ] && break
done
exit "$code"
`
