/** A value written in the task, or the name of a secret whose value a run is granted. */
export type GrantedValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'secret'; readonly secret: string };

export type CommandAction = {
  readonly kind: 'command';
  /** A program with its arguments, started without a shell; or text for the shell. */
  readonly program:
    | { readonly kind: 'argv'; readonly argv: readonly [string, ...string[]] }
    | { readonly kind: 'shell'; readonly text: string };
  /** Absolute working directory; the home directory when absent. */
  readonly cwd: string | undefined;
  /** Variables beside the allow-listed ones of the daemon. */
  readonly env: Readonly<Record<string, GrantedValue>>;
  /** Text for standard input, which is empty when absent. */
  readonly stdin: string | undefined;
};

export type HttpAction = {
  readonly kind: 'http';
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, GrantedValue>>;
  readonly body: string | undefined;
  /** Inclusive ranges of status codes that count as success. */
  readonly expectedStatus: readonly (readonly [from: number, to: number])[];
};

/** What a run of the task does. Each kind has one executor. */
export type Action = CommandAction | HttpAction;
export type ActionKind = Action['kind'];

/** The names of the secrets that a run of this action is granted. */
export function secretsOf(action: Action): readonly string[] {
  const values = action.kind === 'command' ? action.env : action.headers;
  const names = Object.values(values).flatMap((value) =>
    value.kind === 'secret' ? [value.secret] : [],
  );
  return [...new Set(names)];
}
