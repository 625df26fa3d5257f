import { expect, test } from 'vitest'
import { isGivenByRoot } from '../../src/facts/given-by-root.ts'
import { aFacts, aFolder, aWho, aWorkspace, unable } from '../support/world.ts'

const ROOT_FOLDER = aFolder({ uid: 0, gid: 0 })

test.each([
  {
    title: 'a fresh volume of root’s',
    workspace: { entry: ROOT_FOLDER, abilities: unable('EACCES') },
    given: true,
  },
  {
    title: 'an absent folder where nothing can be made',
    workspace: { entry: undefined, abilities: undefined, space: undefined },
    given: false,
  },
  { title: 'an absent folder', workspace: { entry: undefined, abilities: undefined }, given: true },
  {
    title: 'a folder of root’s that holds something',
    workspace: { entry: ROOT_FOLDER, abilities: unable('EACCES'), isBare: false },
    given: false,
  },
  { title: 'a folder of root’s that everybody may write', workspace: { entry: ROOT_FOLDER }, given: false },
  {
    title: 'somebody else’s folder',
    workspace: { entry: aFolder({ uid: 7 }), abilities: unable('EACCES') },
    given: false,
  },
])('$title is given by root: $given', ({ workspace, given }) => {
  expect(isGivenByRoot(aFacts({ workspace: aWorkspace(workspace) }))).toBe(given)
})

test('root gives nothing away where a link leads', () => {
  const workspace = aWorkspace({ entry: ROOT_FOLDER, abilities: unable('EACCES'), isLinked: true })

  expect(isGivenByRoot(aFacts({ workspace }))).toBe(false)
})

test('nobody but root can give', () => {
  const workspace = aWorkspace({ entry: undefined, abilities: undefined })

  expect(isGivenByRoot(aFacts({ workspace, who: aWho({ canChange: false }) }))).toBe(false)
})
