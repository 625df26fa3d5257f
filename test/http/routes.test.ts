import { expect, test } from 'vitest'
import { appFor } from '../../src/http/app.ts'
import { routes } from '../../src/http/routes.ts'
import { aBehind } from '../support/status.ts'

test.each([
  ['network', false],
  ['socket', true],
] as const)('the reference has every route of the %s door and no other', async (door, mayAct) => {
  const app = await appFor(aBehind(), { mayAct })
  const told = routes.filter((route) => route.door === 'both' || route.door === door)

  expect(found(app.printRoutes({ commonPrefix: false }))).toEqual(
    [
      ...new Set(
        told.map(({ method, path }) => `${method} ${path.replace(/\/(start|stop|restart)$/, '/ACT')}`),
      ),
    ].toSorted(),
  )
})

/** Method and path of each route in Fastify's picture of them, in the words of the reference. */
function found(picture: string): readonly string[] {
  const above: string[] = []
  return picture
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^([│ ├└─]*)(\S+)(?: \((.*)\))?$/.exec(line) ?? []
      const depth = indent.length / 4
      above.length = depth
      above[depth] = part
      const path = above.join('').replace(':name', 'NAME').replace(':act', 'ACT')
      return methods
        .split(', ')
        .flatMap((method) => (method === '' || method === 'HEAD' ? [] : [`${method} ${path}`]))
    })
    .toSorted()
}
