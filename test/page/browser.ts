import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, launch, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { until } from '../support/until.ts'

/** The browser of Debian's package `chromium`. */
const CHROMIUM = '/usr/bin/chromium'

const IMAGES = join(import.meta.dirname, '../../docs/images')
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Size and colours of a reader's screen. */
export type Screen = {
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
}

/** A tab with a page in it, and all that the browser found to complain of. */
export type Visit = {
  readonly page: Page
  /** Errors and warnings of the console, uncaught exceptions, and requests that leave the page's own origin. */
  readonly complaints: readonly string[]
  /** The value of an expression of the page's own. */
  readonly look: (expression: string) => Promise<unknown>
  /** Text of an element as it is seen; '' when it is not. */
  readonly text: (selector: string) => Promise<string>
  /** Waits until an element's text contains a piece. */
  readonly sees: (selector: string, piece: string) => Promise<void>
  /** Names of the accessibility rules (WCAG A and AA) that are broken, with the elements that break them. */
  readonly barriers: () => Promise<readonly string[]>
  /** Keeps a picture in docs/images/, when SCREENSHOTS=1. */
  readonly picture: (name: string) => Promise<void>
}

/** One browser for the tests of a file; each visit is a tab of its own that goes with its test. */
export function useBrowser(): { readonly visit: (url: string, screen?: Screen) => Promise<Visit> } {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (!existsSync(CHROMIUM)) throw new Error(`Cannot find ${CHROMIUM}. Type «apt-get install chromium».`)
    browser = await launch({
      executablePath: CHROMIUM,
      pipe: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars'],
    })
  })
  afterAll(() => browser?.close())
  return {
    visit: async (url, screen = {}) => {
      if (browser === undefined) throw new Error('Cannot visit before the browser runs.')
      const context = await browser.createBrowserContext()
      onTestFinished(() => context.close())
      const page = await context.newPage()
      await show(page, screen)
      const complaints = complaintsOf(page, url)
      await page.goto(url, { waitUntil: 'domcontentloaded' })
      return visitOf(page, complaints)
    },
  }
}

async function show(page: Page, { width = 1100, height = 900, scheme = 'light' }: Screen): Promise<void> {
  await page.setViewport({ width, height, deviceScaleFactor: 1 })
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ])
}

function complaintsOf(page: Page, url: string): readonly string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    const asked = request.url()
    if (new URL(asked).host !== new URL(url).host && !asked.startsWith('data:')) complaints.push(asked)
  })
  return complaints
}

function visitOf(page: Page, complaints: readonly string[]): Visit {
  const look = (expression: string) => page.evaluate(expression)
  const text = async (selector: string) =>
    String(
      await look(
        `((e) => (e?.checkVisibility() ? e.innerText : ''))(document.querySelector(${JSON.stringify(selector)}))`,
      ),
    )
  return {
    page,
    complaints,
    look,
    text,
    sees: async (selector, piece) => {
      let last = ''
      await until(
        async () => {
          // A page that is just being left has no text.
          last = await text(selector).catch(() => '')
          return last.includes(piece)
        },
        `«${piece}» in ${selector}`,
        10_000,
      ).catch((error: Error) => {
        throw new Error(`${error.message} It says «${last}». ${complaints.join('\n')}`)
      })
    },
    barriers: () => barriersOf(page),
    picture: async (name) => {
      if (process.env.SCREENSHOTS !== '1') return
      mkdirSync(IMAGES, { recursive: true })
      await page.screenshot({ path: join(IMAGES, `page-${name}.png`), optimizeForSpeed: false })
    },
  }
}

type Found = { readonly id: string; readonly nodes: readonly { readonly html: string }[] }

async function barriersOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  const found = await page.evaluate(
    "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }).then(({ violations }) => violations)",
  )
  return (found as readonly Found[]).map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
  )
}
