const date = 'new Date(Date.UTC(2026, 0, 31, 13, 5, 6))'
const decode = (encoding: string) =>
  `new TextDecoder('${encoding}').decode(Buffer.from([0x41, 0x80, 0xe4, 0xf6, 0x42]))`

/** What is as the machine's language wants it: the same while that is English. */
const inOwnLanguage: readonly string[] = [
  'Intl.DateTimeFormat().resolvedOptions()',
  `String(${date})`,
  `${date}.toLocaleString()`,
  '(1234567.891).toLocaleString()',
]

/** What does not depend on it. */
const anyLocale: readonly string[] = [
  `${date}.getTimezoneOffset()`,
  `new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'full', timeZone: 'Asia/Kolkata' }).format(${date})`,
  `new Intl.DateTimeFormat('en-u-ca-hebrew', { dateStyle: 'long', timeZone: 'UTC' }).format(${date})`,
  `new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(12)`,
  `new Intl.NumberFormat('en', { style: 'unit', unit: 'megabyte' }).format(12)`,
  `new Intl.RelativeTimeFormat('en').format(-3, 'day')`,
  `new Intl.ListFormat('en').format(['a', 'b', 'c'])`,
  `new Intl.DisplayNames('en', { type: 'region' }).of('DE')`,
  `new Intl.DurationFormat('en').format({ hours: 1, minutes: 2 })`,
  `new Intl.PluralRules('pl').select(3)`,
  `['calendar', 'timeZone', 'currency', 'unit', 'numberingSystem'].map((kind) => Intl.supportedValuesOf(kind))`,
  `Intl.supportedValuesOf('collation').includes('emoji')`,
  `new Intl.Locale('zh').maximize().toString()`,
  `Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO('Europe/Berlin').toString()`,
  `['b', 'a', 'Z', 'ä', 'é'].sort((a, b) => a.localeCompare(b, 'en'))`,
  `'a1'.localeCompare('a10', 'en', { numeric: true })`,
  `[...new Intl.Segmenter('en', { granularity: 'word' }).segment('Hello wörld, hi')].length`,
  `[...new Intl.Segmenter('en').segment('👨‍👩‍👧e\\u0301')].length`,
  `['NFC', 'NFD', 'NFKC', 'NFKD'].map((form) => 'ﬁÅ한e\\u0301①'.normalize(form))`,
  `['ßİıΣς'.toUpperCase(), 'ÀÉİΣ'.toLowerCase(), 'i'.toLocaleUpperCase('tr'), 'ά'.toLocaleUpperCase('el')]`,
  `[/\\p{Cc}/u.test('\\x01'), /\\p{Script=Greek}/u.test('α'), /[\\p{L}--[a-z]]/v.test('é'), /ſ/iu.test('S')]`,
  `/^\\p{RGI_Emoji}$/v.test('👨‍👩‍👧')`,
  ...['utf-8', 'utf-16le', 'latin1', 'windows-1252', 'iso-8859-2', 'koi8-r', 'macintosh'].map(decode),
  `new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from([0xff]))`,
  `((decoder) => decoder.decode(Buffer.from([0xe2, 0x82]), { stream: true }) + decoder.decode(Buffer.from([0xac])))
    (new TextDecoder('utf-8', { ignoreBOM: true }))`,
  `[new URL('http://münchen.de/ä?ö').href, new URL('http://faß.de').host, url.domainToUnicode('xn--mnchen-3ya.de')]`,
  `buffer.transcode(Buffer.from('€ä'), 'utf8', 'latin1').toString('hex')`,
  `util.inspect({ 日本: ['👍', 'ä'.repeat(20)] })`,
]

/** Expressions that give the same with and without other languages. */
export const staysTheSame: Readonly<Record<'all' | 'anyLocale', readonly string[]>> = {
  all: [...inOwnLanguage, ...anyLocale],
  anyLocale,
}

/** What expressions give that ask for another language. */
export const fallsBack: Readonly<Record<string, unknown>> = {
  "new Intl.DateTimeFormat('de', { dateStyle: 'full', timeZone: 'UTC' }).format(0)":
    'Thursday, January 1, 1970',
  "(1234.5).toLocaleString('de')": '1,234.5',
  "['ä', 'z'].sort(new Intl.Collator('sv').compare)": ['ä', 'z'],
  "[...new Intl.Segmenter('th', { granularity: 'word' }).segment('สวัสดีครับ')].length": 1,
  "Intl.NumberFormat.supportedLocalesOf(['en', 'de', 'en-GB'])": ['en', 'en-GB'],
}

const refusal = (encoding: string) =>
  `RangeError [ERR_ENCODING_NOT_SUPPORTED]: The "${encoding}" encoding is not supported`

/** What expressions give that ask for an encoding which is no more there. */
export const isRefused: Readonly<Record<string, string>> = Object.fromEntries(
  ['gbk', 'big5', 'shift_jis', 'euc-kr'].map((encoding) => [decode(encoding), refusal(encoding)]),
)
