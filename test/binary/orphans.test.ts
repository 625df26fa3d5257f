import { expect, test } from 'vitest'
import { makeBox, type RunOptions } from '../support/container.ts'

// Forks 2,000 processes whose parents end at once, waits until the last has run, and counts what PID 1 left lying
// around for up to a second. Prints how many zombies were left at the end.
const storm = `
import os, time
done, tell = os.pipe()
for _ in range(2000):
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            os.close(done)
            os._exit(0)
        os._exit(0)
    os.waitpid(child, 0)
os.close(tell)
os.read(done, 1)

def zombies():
    count = 0
    for name in os.listdir('/proc'):
        if name.isdigit():
            try:
                count += open(f'/proc/{name}/stat').read().rsplit(')', 1)[1].split()[0] == 'Z'
            except OSError:
                pass
    return count

end = time.monotonic() + 1
while zombies() > 0 and time.monotonic() < end:
    time.sleep(0.02)
print(zombies())
`

async function zombiesLeft(options: RunOptions): Promise<string> {
  const running = await (await makeBox()).run({ ...options, args: ['python3', '-c', storm] })
  expect(await running.ended).toBe(0)
  return running.out().trim()
}

test.each(['embedded', 'shell'])(
  'under the %s reaper 2,000 orphans leave no zombie a second later',
  async (reaper) => {
    expect(await zombiesLeft({ env: { COMFY_REAPER: reaper } })).toBe('0')
  },
)

test('an init of the machine leaves no zombie either', async () => {
  expect(await zombiesLeft({ init: true })).toBe('0')
})

test('without a reaper every orphan stays a zombie, which is what all this is for', async () => {
  expect(await zombiesLeft({ env: { COMFY_REAPER: 'off' } })).toBe('2000')
})
