import { type Figures, ROWS } from './rows.ts'
import { ANCHORS, isOurs, type Way } from './ways.ts'

type Row = keyof typeof ROWS

/** All figures of each way. */
export type Samples = ReadonlyMap<Way, readonly Figures[]>

/** The table of medians, ours as ratios to the two anchors, and which bars are met. */
export function report(samples: Samples): string {
  const ways = [...samples.keys()]
  const median = (way: Way | undefined, row: Row) => medianOf(samples.get(way as Way) ?? [], row)
  const wide = Math.max(...Object.values(ROWS).map(({ length }) => length))
  const line = (title: string, cells: readonly string[]) =>
    `${title.padEnd(wide)}${cells.map((cell) => cell.padStart(17)).join('')}`
  const rows = Object.keys(ROWS) as Row[]
  const table = [
    line(
      '',
      ways.map(({ name }) => name),
    ),
    ...rows.map((row) =>
      line(
        ROWS[row],
        ways.map((way) => figure(median(way, row))),
      ),
    ),
  ]
  const ours = ways.filter(isOurs)
  const ratios = ours.flatMap((way) =>
    ANCHORS.map((name) => {
      const anchor = ways.find((each) => each.name === name)
      const cells = rows.map(
        (row) => `${ROWS[row].split(',')[0]} ${ratio(median(way, row), median(anchor, row))}`,
      )
      return `${way.name} to ${name}: ${cells.filter((cell) => !cell.endsWith(' –')).join('; ')}`
    }),
  )
  return [...table, '', ...ratios, '', ...bars(ways, median)].join('\n')
}

type Median = (way: Way | undefined, row: Row) => number | undefined

function bars(ways: readonly Way[], median: Median): readonly string[] {
  const ours = ways.filter(isOurs)
  const worst = (row: Row) => Math.max(...ours.map((way) => median(way, row) ?? 0))
  const service = ours.find(({ kind }) => kind === 'supervisor')
  const other = ways.find(({ name }) => name === 'supervisord')
  const behind = (Object.keys(ROWS) as Row[]).filter((row) => {
    const [own, theirs] = [median(service, row), median(other, row)]
    return own !== undefined && theirs !== undefined && own > theirs
  })
  return [
    bar('no zombie 500 ms after 2,000 orphans', worst('zombies') === 0),
    bar('TERM reaches the child within 10 ms', worst('termToChild') < 10),
    bar('our exit within 100 ms after the child’s', worst('deathToExit') < 100),
    bar('every exit code and signal exact', worst('wrongCodes') === 0),
    bar('idle PSS at most 70 MB with both doors open', (median(service, 'pssKib') ?? 0) * 1024 <= 70e6),
    bar(
      `no row worse than supervisord${behind.length === 0 ? '' : ` (${behind.map((row) => ROWS[row]).join('; ')})`}`,
      behind.length === 0,
    ),
  ]
}

function bar(title: string, isMet: boolean): string {
  return `${isMet ? 'met    ' : 'missed '} ${title}`
}

function medianOf(figures: readonly Figures[], row: Row): number | undefined {
  const values = figures.flatMap((each) => each[row] ?? []).toSorted((a, b) => a - b)
  return values[Math.floor(values.length / 2)]
}

function figure(value: number | undefined): string {
  if (value === undefined) return '–'
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1)
}

function ratio(ours: number | undefined, theirs: number | undefined): string {
  if (ours === undefined || theirs === undefined || theirs === 0) return '–'
  return `${(ours / theirs).toFixed(2)}×`
}
