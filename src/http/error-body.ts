/** Body of every answer that tells of an error. */
export type ErrorBody = { readonly error: { readonly code: string; readonly message: string } }

/** An error as the doors tell it. */
export function errorBody(code: string, message: string): ErrorBody {
  return { error: { code, message } }
}
