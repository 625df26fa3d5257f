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
  return masked
    .replace(/(\b\w+:\/\/)[^\s/]*@/g, `$1${MASK}@`)
    .replace(/(\b\w+:\/\/)[^\s/@:]+:(?!\d+(?:\/|\s|$))\S*@/g, `$1${MASK}@`)
    .replace(/([?&][^=?\s&]+=)[^\s&#]+/g, `$1${MASK}`)
}
