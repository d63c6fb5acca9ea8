import { Refusal } from '../refusal.ts';
import { BUILT_IN_ENGINES } from './built-in-engines.ts';
import type {
  ArgvPart,
  EngineDefinition,
  EngineOutput,
  LoginCheck,
  ReadingRule,
} from './engine-definition.ts';
import { isRecord } from './json-values.ts';

const ENGINES_MAX = 50;
const PARTS_MAX = 200;
const TEXT_CHARS_MAX = 4_096;
const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The engines that there are: the built-in ones, changed and added to by what the configuration says.
 * An engine that is `like` another has everything of it that it does not say itself.
 *
 * @param configured the `engines` setting, by name. Refuses what it cannot mean.
 */
export function parseEngines(configured: unknown): ReadonlyMap<string, EngineDefinition> {
  const engines = new Map(BUILT_IN_ENGINES.map((engine) => [engine.name, engine]));
  if (!isRecord(configured)) throw wrong('engines', 'an object with a table for each name');
  const entries = Object.entries(configured);
  if (entries.length > ENGINES_MAX) throw wrong('engines', `at most ${ENGINES_MAX} engines`);
  for (const [name, table] of entries) {
    const place = `engines.${name.slice(0, 64)}`;
    if (!NAME.test(name)) throw wrong(place, 'named with small letters, digits, _ and -');
    if (!isRecord(table)) throw wrong(place, 'an object');
    engines.set(name, parseEngine(name, table, place, engines));
  }
  return engines;
}

const KEYS = [
  'like',
  'program',
  'argv',
  'prompt',
  'output',
  'rules',
  'variables',
  'kept_variables',
  'refused_flags',
  'bypass_modes',
  'version_argv',
  'login',
];

function parseEngine(
  name: string,
  table: Fields,
  place: string,
  engines: ReadonlyMap<string, EngineDefinition>,
): EngineDefinition {
  refuseUnknown(table, KEYS, place);
  const like = table['like'] === undefined ? name : text(table['like'], `${place}.like`);
  const model = engines.get(like);
  if (table['like'] !== undefined && model === undefined) {
    throw wrong(`${place}.like`, `one of ${[...engines.keys()].join(', ')}`);
  }
  const read = <Value>(
    key: string,
    fallback: Value,
    parse: (value: unknown, place: string) => Value,
  ): Value => (table[key] === undefined ? fallback : parse(table[key], `${place}.${key}`));
  const onlyProgram = Object.keys(table).every((key) => key === 'like' || key === 'program');
  const base = model ?? emptyEngine(name);
  const argv = read('argv', base.argv, parseArgv);
  if (model === undefined && table['argv'] === undefined) {
    throw wrong(`${place}.argv`, 'the arguments of the program; it is missing');
  }
  return {
    ...base,
    name,
    program: read('program', model?.program ?? name, text),
    argv,
    prompt: read('prompt', base.prompt, parsePrompt),
    output: parseOutput(table, base.output, place),
    variables: read('variables', base.variables, texts),
    keptVariables: read('kept_variables', base.keptVariables, texts),
    refusedFlags: read('refused_flags', base.refusedFlags, (value, at) =>
      texts(value, at).map((flag) => ({ flag, reason: 'permission' }) as const),
    ),
    bypassModes: read('bypass_modes', base.bypassModes, texts),
    versionArgv: read('version_argv', base.versionArgv, texts),
    login: read('login', base.login, parseLogin),
    metering: table['output'] === undefined && table['rules'] === undefined ? base.metering : 'end',
    isTested: base.isTested && onlyProgram,
  };
}

function emptyEngine(name: string): EngineDefinition {
  return {
    name,
    program: name,
    argv: [],
    prompt: 'stdin',
    output: { kind: 'text' },
    variables: [],
    keptVariables: [],
    ownTools: [],
    refusedFlags: [],
    bypassModes: [],
    versionArgv: ['--version'],
    login: undefined,
    metering: 'none',
    countsWholeSession: false,
    isTested: false,
  };
}

const FIELDS = [
  'model',
  'fallback_model',
  'session',
  'system_text',
  'answer_schema',
  'answer_schema_file',
  'mcp_file',
  'permission_mode',
  'budget_usd',
] as const;
const LIST_FIELDS = ['allowed_tools', 'denied_tools', 'flags', 'mcp_settings'] as const;

function parseArgv(value: unknown, place: string): readonly ArgvPart[] {
  if (!Array.isArray(value) || value.length > PARTS_MAX) {
    throw wrong(place, `a list of at most ${PARTS_MAX} parts`);
  }
  return value.map((part, index) => parsePart(part, `${place}[${index}]`));
}

function parsePart(value: unknown, place: string): ArgvPart {
  if (typeof value === 'string') {
    refusePlaceholders([value], undefined, place);
    if (isPlain(value)) return value;
    throw wrong(place, `a text of up to ${TEXT_CHARS_MAX} characters`);
  }
  if (!isRecord(value)) throw wrong(place, 'a text, or {"when": …, "argv": […]}');
  refuseUnknown(value, ['when', 'each', 'argv'], place);
  const argv = texts(value['argv'], `${place}.argv`);
  const when = FIELDS.find((field) => field === value['when']);
  const each = LIST_FIELDS.find((field) => field === value['each']);
  refusePlaceholders(argv, when ?? each, place);
  if (when !== undefined && each === undefined) return { when, argv };
  if (each !== undefined && value['when'] === undefined) return { each, argv };
  throw wrong(
    place,
    `with "when" (${FIELDS.join(', ')}) or "each" (${LIST_FIELDS.join(', ')}), and not both`,
  );
}

/** A placeholder that nothing fills in would reach the program as it is written. */
function refusePlaceholders(
  argv: readonly string[],
  field: string | undefined,
  place: string,
): void {
  for (const text of argv) {
    for (const [placeholder, name] of text.matchAll(/\{([a-z_]+)(?:\|toml)?\}/g)) {
      if (name === field) continue;
      throw new Refusal(
        'invalid',
        `${place} has ${placeholder}, which nothing fills in there.`,
        name === 'prompt'
          ? 'The prompt goes on standard input, or last after -- when "prompt" is "argument".'
          : 'Write {"when": "model", "argv": ["--model={model}"]}, with one placeholder for each part.',
      );
    }
  }
}

function parsePrompt(value: unknown, place: string): 'stdin' | 'argument' {
  if (value === 'stdin' || value === 'argument') return value;
  throw wrong(place, 'stdin or argument');
}

const OUTPUTS = ['text', 'json', 'json_lines', 'claude', 'codex'] as const;

function parseOutput(table: Fields, base: EngineOutput, place: string): EngineOutput {
  const kind =
    table['output'] === undefined ? base.kind : OUTPUTS.find((known) => known === table['output']);
  switch (kind) {
    case 'claude':
    case 'codex':
    case 'text':
      if (table['rules'] === undefined) return { kind };
      throw wrong(`${place}.rules`, 'left out, unless "output" is json or json_lines');
    case 'json':
    case 'json_lines':
      if (table['rules'] !== undefined) {
        return { kind, rules: parseRules(table['rules'], `${place}.rules`) };
      }
      return 'rules' in base ? { kind, rules: base.rules } : { kind, rules: [] };
    case undefined:
      throw wrong(`${place}.output`, `one of ${OUTPUTS.join(', ')}`);
  }
}

const RULE_KEYS = [
  'when',
  'result',
  'result_piece',
  'data',
  'session',
  'turns',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'cost_usd',
  'is_step',
  'model',
  'tool',
  'error',
  'is_end',
];

function parseRules(value: unknown, place: string): readonly ReadingRule[] {
  if (!Array.isArray(value) || value.length > PARTS_MAX) {
    throw wrong(place, `a list of at most ${PARTS_MAX} rules`);
  }
  return value.map((rule, index) => parseRule(rule, `${place}[${index}]`));
}

function parseRule(value: unknown, place: string): ReadingRule {
  if (!isRecord(value)) throw wrong(place, 'an object');
  refuseUnknown(value, RULE_KEYS, place);
  const path = (key: string): string | undefined =>
    value[key] === undefined ? undefined : text(value[key], `${place}.${key}`);
  const paths = (key: string): readonly string[] | undefined => {
    if (value[key] === undefined) return undefined;
    return typeof value[key] === 'string' ? [value[key]] : texts(value[key], `${place}.${key}`);
  };
  const truth = (key: string): boolean | undefined => {
    const given = value[key];
    if (given === undefined || typeof given === 'boolean') return given;
    throw wrong(`${place}.${key}`, 'true or false');
  };
  return definedOnly({
    when: value['when'] === undefined ? undefined : parseWhen(value['when'], `${place}.when`),
    result: path('result'),
    resultPiece: path('result_piece'),
    data: path('data'),
    session: path('session'),
    turns: path('turns'),
    inputTokens: paths('input_tokens'),
    outputTokens: paths('output_tokens'),
    cachedTokens: paths('cached_tokens'),
    costUsd: path('cost_usd'),
    isStep: truth('is_step'),
    model: path('model'),
    tool: path('tool'),
    error: path('error'),
    isEnd: truth('is_end'),
  });
}

function parseWhen(value: unknown, place: string): Readonly<Record<string, string>> {
  if (!isRecord(value)) throw wrong(place, 'an object of texts');
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, text(inner, `${place}.${key}`)]),
  );
}

function parseLogin(value: unknown, place: string): LoginCheck {
  if (!isRecord(value)) throw wrong(place, 'an object');
  refuseUnknown(value, ['argv', 'is_true'], place);
  return {
    argv: texts(value['argv'], `${place}.argv`),
    isTrue: value['is_true'] === undefined ? undefined : text(value['is_true'], `${place}.is_true`),
  };
}

type Defined<Value> = { readonly [Key in keyof Value]?: Exclude<Value[Key], undefined> };

function definedOnly<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== undefined),
  ) as Defined<Value>;
}

function text(value: unknown, place: string): string {
  if (typeof value === 'string' && value !== '' && isPlain(value)) return value;
  throw wrong(place, `a text of up to ${TEXT_CHARS_MAX} characters`);
}

function texts(value: unknown, place: string): readonly string[] {
  const isList = Array.isArray(value) && value.length <= PARTS_MAX;
  if (isList && value.every((one) => typeof one === 'string' && isPlain(one))) return value;
  throw wrong(place, `a list of at most ${PARTS_MAX} texts`);
}

function isPlain(value: string): boolean {
  return value.length <= TEXT_CHARS_MAX && !value.includes('\0');
}

function refuseUnknown(table: Fields, keys: readonly string[], place: string): void {
  const unknown = Object.keys(table).find((key) => !keys.includes(key));
  if (unknown === undefined) return;
  throw new Refusal(
    'invalid',
    `${place} has ${JSON.stringify(unknown.slice(0, 64))}, which means nothing there.`,
    `It may have: ${keys.join(', ')}.`,
  );
}

function wrong(place: string, bound: string): Refusal {
  return new Refusal('invalid', `${place} must be ${bound}.`);
}
