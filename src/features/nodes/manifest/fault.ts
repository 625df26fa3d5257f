/** Why something a person wrote cannot be used: a sentence. `secret` marks one that holds a password or a token. */
export type Fault = { readonly fault: string; readonly secret?: true }
