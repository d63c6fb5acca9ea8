/** The six ways in which a request cannot be granted. Each door maps them to its own codes. */
export type RefusalCode =
  | 'invalid'
  | 'not_found'
  | 'conflict'
  | 'forbidden'
  | 'unavailable'
  | 'internal';

/**
 * A request that cannot be granted. The message is written for its reader: what was wrong, and what
 * to do instead. It may quote the caller's own arguments and nothing else from outside.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly hint: string | undefined;

  constructor(code: RefusalCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
