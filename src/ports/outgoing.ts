/** One request to an address outside, judged as every other before it is dialled. */
export type OutgoingRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** The longest that the whole exchange may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Bytes of the body that are answered. */
  readonly bodyBytesMax: number;
  readonly signal: AbortSignal;
};

export type OutgoingAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Names in lower case; cookies masked. */
      readonly headers: Readonly<Record<string, string>>;
      /** The address that answered, after redirects. */
      readonly url: string;
      /** The beginning of the body. */
      readonly body: Uint8Array;
      readonly bodyBytes: number;
      readonly durationMs: number;
    }
  | {
      readonly kind: 'failed';
      /** One sentence in our words. */
      readonly message: string;
      readonly durationMs: number;
    };

export type Outgoing = (request: OutgoingRequest) => Promise<OutgoingAnswer>;
