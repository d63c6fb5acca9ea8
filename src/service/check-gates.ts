import { GATES_MAX, type Gate, type Gates } from '../domain/gates/gate.ts';
import { Refusal } from '../domain/refusal.ts';
import { checkHeader, checkLength, checkPath, checkUrl, checkValues } from './check-values.ts';

/** A revision as Git reads it, which must not be taken for an option. */
const REF = /^[A-Za-z0-9_./@^~{}-][^\s\0]{0,254}$/;
const ARGUMENTS_MAX = 100;

/** The gates with `~` expanded. Refuses what cannot be looked at. */
export function checkGates({ gates, onError }: Gates, home: string): Gates {
  if (gates.length > GATES_MAX) {
    throw new Refusal('invalid', `There are ${gates.length} gates; the most is ${GATES_MAX}.`);
  }
  const [first, ...others] = gates;
  return {
    gates: [checkGate(first, home), ...others.map((gate) => checkGate(gate, home))],
    onError,
  };
}

function checkGate(gate: Gate, home: string): Gate {
  switch (gate.kind) {
    case 'http':
      checkUrl(gate.url);
      checkValues(gate.headers, checkHeader);
      return gate;
    case 'files':
      return { ...gate, pattern: checkPath(gate.pattern, home) };
    case 'git':
      for (const text of [gate.ref, ...(gate.remote === undefined ? [] : [gate.remote])]) {
        if (!REF.test(text) || text.startsWith('-')) throw notGit(text);
      }
      return { ...gate, directory: checkPath(gate.directory, home) };
    case 'command':
      checkArgv(gate.argv);
      return gate.cwd === undefined ? gate : { ...gate, cwd: checkPath(gate.cwd, home) };
  }
}

function checkArgv(argv: readonly [string, ...string[]]): void {
  const isSound = argv[0].trim() !== '' && argv.length <= ARGUMENTS_MAX;
  if (!isSound || argv.some((part) => part.includes('\0'))) {
    throw new Refusal(
      'invalid',
      `A gate needs a program and up to ${ARGUMENTS_MAX - 1} arguments without NUL characters.`,
    );
  }
  checkLength('The command of a gate', argv.join(' '));
}

function notGit(text: string): Refusal {
  return new Refusal(
    'invalid',
    `${JSON.stringify(text.slice(0, 200))} is no Git ref or remote. Write one such as HEAD, refs/heads/main or origin.`,
  );
}
