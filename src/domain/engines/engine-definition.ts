/** What a task may tell its engine, by the name of its placeholder: `{model}`. */
export type EngineField =
  | 'model'
  | 'fallback_model'
  | 'session'
  | 'system_text'
  | 'answer_schema'
  /** Path of a file with the schema. */
  | 'answer_schema_file'
  /** Path of a file with the MCP servers, as `{"mcpServers": …}`. */
  | 'mcp_file'
  | 'permission_mode'
  | 'budget_usd';

export type EngineListField = 'allowed_tools' | 'denied_tools' | 'flags' | 'mcp_settings';

/** An argument, or arguments that stand there only when the task says something for them. */
export type ArgvPart =
  | string
  | { readonly when: EngineField; readonly argv: readonly string[] }
  | { readonly each: EngineListField; readonly argv: readonly string[] };

/** Where a value lies in an object: names of fields with dots between them. */
export type FieldPath = string;

/** What an object that an engine prints means. Figures of several rules and objects are taken together. */
export type ReadingRule = {
  /** The rule speaks of objects that have these texts at these places. */
  readonly when?: Readonly<Record<FieldPath, string>>;
  /** The result, whole. */
  readonly result?: FieldPath;
  /** A piece of the result. */
  readonly resultPiece?: FieldPath;
  readonly data?: FieldPath;
  readonly session?: FieldPath;
  readonly turns?: FieldPath;
  /** Counts that are added up. */
  readonly inputTokens?: readonly FieldPath[];
  readonly outputTokens?: readonly FieldPath[];
  readonly cachedTokens?: readonly FieldPath[];
  readonly costUsd?: FieldPath;
  /** Whether the figures are of one step, to be added to those before, and not of everything so far. */
  readonly isStep?: boolean;
  readonly model?: FieldPath;
  /** Name of a tool that was called. */
  readonly tool?: FieldPath;
  readonly error?: FieldPath;
  /** Whether the engine says with this object that it is done. */
  readonly isEnd?: boolean;
};

/** How what an engine prints is read. */
export type EngineOutput =
  | { readonly kind: 'claude' }
  | { readonly kind: 'codex' }
  /** The answer, as it is. */
  | { readonly kind: 'text' }
  /** One object, or one on each line. */
  | { readonly kind: 'json' | 'json_lines'; readonly rules: readonly ReadingRule[] };

/** An argument that a task may not add, and why. */
export type RefusedFlag = {
  /** As written, without a value; `--config=sandbox_` refuses values that begin so. */
  readonly flag: string;
  readonly reason: 'permission' | 'prompt' | 'output' | 'budget' | 'field';
};

/** How it is asked, without spending anything, whether somebody is logged in. */
export type LoginCheck = {
  readonly argv: readonly string[];
  /** A field of the object that it prints and that is true; its exit status tells when absent. */
  readonly isTrue: FieldPath | undefined;
};

/** An agent command line as data: another one needs a table and no code. */
export type EngineDefinition = {
  readonly name: string;
  /** Looked for along the PATH that a run gets. */
  readonly program: string;
  readonly argv: readonly ArgvPart[];
  /** On standard input, or as the last argument, after `--`. */
  readonly prompt: 'stdin' | 'argument';
  readonly output: EngineOutput;
  /** Variables of the daemon that it gets beside the allow-listed ones; `*` stands for any ending. */
  readonly variables: readonly string[];
  /** Of those, the ones that belong to a session that is going on, or would lift its limits. */
  readonly keptVariables: readonly string[];
  /** What it calls the tools of this program, where it has to be told that they may be used. */
  readonly ownTools: readonly string[];
  readonly refusedFlags: readonly RefusedFlag[];
  /** Permission modes that ask for nothing and refuse nothing. */
  readonly bypassModes: readonly string[];
  readonly versionArgv: readonly string[];
  readonly login: LoginCheck | undefined;
  /** When its figures come: while it works, at the end of each turn, or at the very end. */
  readonly metering: 'live' | 'turn' | 'end' | 'none';
  /** Whether a resumed session tells the figures of all its runs together. */
  readonly countsWholeSession: boolean;
  /** Whether the project has run it for real. */
  readonly isTested: boolean;
};

export type EngineValues = Readonly<Partial<Record<EngineField, string>>> &
  Readonly<Partial<Record<EngineListField, readonly string[]>>>;
