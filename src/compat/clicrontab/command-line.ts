/** The older system's command line, read as Go's `flag` package reads it. */
export type CommandLine =
  | {
      readonly kind: 'options';
      /** Values by option name, without the dashes; the last one given counts. */
      readonly options: ReadonlyMap<string, string>;
    }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly stream: 'stdout' | 'stderr';
      readonly exitCode: number;
    };

const OPTIONS: readonly (readonly [name: string, hint: string, help: string])[] = [
  ['addr', 'host:port', 'address of the REST server (default 127.0.0.1:7070)'],
  ['log-level', 'string', 'accepted; the log is that of Carillon'],
  ['mode', 'string', 'http, mcp or both (default http)'],
  ['run-log-keep', 'int', 'accepted; Carillon keeps 1,000 runs of each task for 90 days'],
  ['shutdown-grace', 'duration', 'accepted; runs go on without this process'],
  ['state-dir', 'path', "accepted; tasks live in Carillon's data folder"],
];

const FLAGS: readonly (readonly [name: string, help: string])[] = [
  ['use-utc', 'read schedules in UTC and not in the zone of the machine'],
];

/** One dash means the same as two, and a value may be attached with `=`. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const options = new Map<string, string>();
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    const found = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(argument);
    const [, name = '', attached] = found ?? [];
    if (name === 'help' || name === 'h') return usage('', 0);
    if (FLAGS.some(([flag]) => flag === name)) {
      options.set(name, attached ?? 'true');
      continue;
    }
    if (!OPTIONS.some(([option]) => option === name)) {
      return usage(`flag provided but not defined: ${argument.slice(0, 100)}\n`, 2);
    }
    const value = attached ?? argv[index + 1];
    if (value === undefined) return usage(`flag needs an argument: -${name}\n`, 2);
    if (attached === undefined) index += 1;
    options.set(name, value);
  }
  return { kind: 'options', options };
}

function usage(fault: string, exitCode: number): CommandLine {
  const lines = [
    ...OPTIONS.map(([name, hint, help]) => `  -${name} ${hint}\n    \t${help}`),
    ...FLAGS.map(([name, help]) => `  -${name}\n    \t${help}`),
  ];
  const text = `${fault}Usage of clicrontabd:\n${lines.sort().join('\n')}\n`;
  return { kind: 'text', text, stream: 'stderr', exitCode };
}
