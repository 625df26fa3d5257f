/** A value that must not be shown: it prints as `***` everywhere; `reveal()` is the only way to its text. */
export type Secret = {
  readonly reveal: () => string
  readonly toString: () => string
  readonly toJSON: () => string
}

const MASK = '***'

/** Wraps a secret text so that string conversion, JSON and `util.inspect` all print `***`. */
export function secret(text: string): Secret {
  const mask = () => MASK
  return Object.freeze({
    reveal: () => text,
    toString: mask,
    toJSON: mask,
    [Symbol.for('nodejs.util.inspect.custom')]: mask,
  })
}

/** Takes passwords, tokens, `user:password@` parts and the values of queries out of a text that is about to be shown. */
export function redact(text: string, secrets: readonly Secret[] = []): string {
  const known = secrets.map((each) => each.reveal()).filter((value) => value.length > 0)
  const masked = known.reduce((line, value) => line.split(value).join(MASK), text)
  return withoutOddPasswords(masked.replace(/(\b\w+:\/\/)[^\s/]*@/g, `$1${MASK}@`)).replace(
    /([?&][^=?\s&]+=)[^\s&#]+/g,
    `$1${MASK}`,
  )
}

// Passwords with / or @ in them reach up to the last @ of their word. Nothing after that is looked at: from each «x://» on
// the rest of the word would be, and time would grow with the square of its length.
function withoutOddPasswords(text: string): string {
  if (!text.includes('@')) return text
  return text.replace(/\S+/g, (word) => {
    const end = word.lastIndexOf('@') + 1
    if (end === 0) return word
    return word.slice(0, end).replace(ODD_PASSWORD, `$1${MASK}@`) + word.slice(end)
  })
}

/** A number up to a / is a port instead. */
const ODD_PASSWORD = /(\b\w+:\/\/)[^\s/@:]+:(?!\d+\/)\S*@/g
