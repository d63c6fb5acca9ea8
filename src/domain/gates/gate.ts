import type { GrantedValue, HttpAction } from '../action.ts';
import type { Spent } from '../budget/budget.ts';

/** Something that is looked at before a run, and costs next to nothing. */
export type Gate =
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly headers: Readonly<Record<string, GrantedValue>>;
      /** `page`: its ETag, else when it was last modified, else its body. */
      readonly watch: 'page' | 'status' | 'json';
      /** Where the value is, for `json`. */
      readonly path: string | undefined;
    }
  | {
      readonly kind: 'files';
      /** An absolute path; may hold `*`, `**` and `?`. */
      readonly pattern: string;
    }
  | {
      readonly kind: 'git';
      readonly directory: string;
      readonly ref: string;
      /** Looks there and not into the directory: a name of a remote, or an address. */
      readonly remote: string | undefined;
    }
  | {
      readonly kind: 'command';
      readonly argv: readonly [string, ...string[]];
      readonly cwd: string | undefined;
      /** `exit_code`: 0 lets the run go, 1 skips it. */
      readonly watch: 'output' | 'exit_code';
    };

/** A run goes when one of them has changed since the last run that ended well. */
export type Gates = {
  readonly gates: readonly [Gate, ...Gate[]];
  /** What becomes of a run one of whose gates cannot be looked at. */
  readonly onError: 'run' | 'fail';
};

export const GATES_MAX = 10;

/** What a look at a gate has come to. */
export type Observed =
  /** Compared with the value before. */
  | { readonly kind: 'value'; readonly value: string }
  /** It says itself whether there is something to do. */
  | { readonly kind: 'open' }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'failed';
      /** A sentence in our words. */
      readonly message: string;
    };

/** What the gates of a run have decided. */
export type GateReport = {
  readonly decision: 'passed' | 'skipped';
  /** A sentence in our words. */
  readonly why: string;
  /** What half of the earlier runs used at most, for a run that was skipped. */
  readonly saved: Spent | undefined;
};

/** The request of a gate, for those who judge what an action may use; absent where there is none. */
export function requestOf(gate: Gate): HttpAction | undefined {
  if (gate.kind !== 'http') return undefined;
  const { url, headers } = gate;
  return { kind: 'http', method: 'GET', url, headers, body: undefined, expectedStatus: [] };
}

/** Whether a run did nothing, because its gates let it go. */
export function isSkipped(result: { readonly gate?: GateReport | undefined } | undefined): boolean {
  return result?.gate?.decision === 'skipped';
}
