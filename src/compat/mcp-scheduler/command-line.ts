/** The older system's command line, read as Python's argparse reads it. */
export type CommandLine =
  | {
      readonly kind: 'options';
      /** Values by option name, without the dashes; the last one given counts. */
      readonly options: ReadonlyMap<string, string>;
      readonly flags: ReadonlySet<string>;
    }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly stream: 'stdout' | 'stderr';
      readonly exitCode: number;
    };

const OPTIONS: readonly (readonly [name: string, hint: string, help: string])[] = [
  ['address', 'ADDRESS', 'Server address (default: localhost)'],
  ['port', 'PORT', 'Server port (default: 8080)'],
  ['transport', '{sse,stdio}', 'Transport mode (default: stdio)'],
  ['log-level', 'LOG_LEVEL', 'Logging level (default: INFO)'],
  ['log-file', 'LOG_FILE', 'Log file path (default: mcp_scheduler.log)'],
  ['db-path', 'DB_PATH', 'SQLite database path (default: scheduler.db)'],
  ['config', 'CONFIG', 'Path to JSON configuration file'],
  ['ai-model', 'AI_MODEL', 'AI model to use for AI tasks (default: gpt-4o)'],
];

const FLAGS: readonly (readonly [name: string, help: string])[] = [
  ['version', 'Show version and exit'],
  ['debug', 'Enable debug mode with full traceback'],
  ['fix-json', 'Enable JSON fixing for malformed messages'],
  ['help', 'Show this help message and exit'],
];

const NAMES: readonly string[] = [...OPTIONS.map(([name]) => name), ...FLAGS.map(([name]) => name)];

export function readCommandLine(argv: readonly string[]): CommandLine {
  const options = new Map<string, string>();
  const flags = new Set<string>();
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const [written, attached] = splitAtEquals(argument);
    const name = written === '-h' ? 'help' : nameOf(written);
    if (name === undefined) return usage(`unrecognized arguments: ${argument}`);
    if (FLAGS.some(([flag]) => flag === name)) {
      if (attached !== undefined) return usage(`argument --${name}: ignored explicit argument`);
      flags.add(name);
      continue;
    }
    const value = attached ?? argv[index + 1];
    if (value === undefined || (attached === undefined && value.startsWith('--'))) {
      return usage(`argument --${name}: expected one argument`);
    }
    if (attached === undefined) index += 1;
    const fault = faultOf(name, value);
    if (fault !== undefined) return usage(fault);
    options.set(name, value);
  }
  if (flags.has('help')) return { kind: 'text', text: helpText(), stream: 'stdout', exitCode: 0 };
  return { kind: 'options', options, flags };
}

/** A long option may be shortened as long as it stays clear which one is meant. */
function nameOf(written: string): string | undefined {
  if (!written.startsWith('--') || written === '--') return undefined;
  const wanted = written.slice(2);
  if (NAMES.includes(wanted)) return wanted;
  const matching = NAMES.filter((name) => name.startsWith(wanted));
  return matching.length === 1 ? matching[0] : undefined;
}

function splitAtEquals(argument: string): readonly [string, string | undefined] {
  const at = argument.startsWith('--') ? argument.indexOf('=') : -1;
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}

function faultOf(name: string, value: string): string | undefined {
  if (name === 'port' && !/^\d+$/.test(value))
    return `argument --port: invalid int value: '${value}'`;
  if (name === 'transport' && value !== 'sse' && value !== 'stdio') {
    return `argument --transport: invalid choice: '${value}' (choose from 'sse', 'stdio')`;
  }
  return undefined;
}

function usage(fault: string): CommandLine {
  const text = `${usageText()}\nmcp-scheduler: error: ${fault}\n`;
  return { kind: 'text', text, stream: 'stderr', exitCode: 2 };
}

function usageText(): string {
  const options = OPTIONS.map(([name, hint]) => `[--${name} ${hint}]`);
  const flags = FLAGS.map(([name]) => `[--${name}]`);
  return `usage: mcp-scheduler ${[...options, ...flags].join(' ')}`;
}

function helpText(): string {
  const lines = [
    ...OPTIONS.map(([name, hint, help]) => [`--${name} ${hint}`, help] as const),
    ...FLAGS.map(([name, help]) => [`--${name}`, help] as const),
  ];
  const width = Math.max(...lines.map(([option]) => option.length)) + 2;
  const told = lines.map(([option, help]) => `  ${option.padEnd(width)}${help}`);
  return `${usageText()}\n\noptions:\n${told.join('\n')}\n`;
}
