import { commandsReference } from '../../src/cli/reference.ts'
import { lockJsonSchema, manifestJsonSchema } from '../../src/features/nodes/manifest/json-schema.ts'
import { settingsFileSchema } from '../../src/settings/schema.ts'
import { httpPage } from './http-page.ts'
import { imageFiles } from './image-files.ts'
import { imagePage } from './image-page.ts'
import { lockPage, manifestPage } from './nodes-pages.ts'
import { problemsPage } from './problems-page.ts'
import { schemaPage } from './schema-page.ts'
import { settingsPage } from './settings-page.ts'

/** One generated file, by its path from docs/reference/. */
export type Page = { readonly file: string; readonly text: string }

/** Every page that follows from the code. A new one is one more line here. */
export function pages(): readonly Page[] {
  return [
    { file: 'settings.md', text: settingsPage() },
    { file: 'settings.schema.json', text: schemaPage(settingsFileSchema()) },
    { file: 'nodes-yaml.md', text: manifestPage() },
    { file: '../nodes.schema.json', text: schemaPage(manifestJsonSchema()) },
    { file: 'nodes-lock.md', text: lockPage() },
    { file: '../nodes-lock.schema.json', text: schemaPage(lockJsonSchema()) },
    { file: 'problems.md', text: problemsPage() },
    { file: 'http.md', text: httpPage() },
    { file: 'image.md', text: imagePage(imageFiles()) },
    {
      file: 'commands.md',
      text: `<!-- Made by npm run docs from src/cli/; edit there. -->\n\n${commandsReference()}`,
    },
  ]
}
