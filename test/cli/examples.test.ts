import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { EXAMPLES, examplesOf } from '../../src/cli/examples.ts';
import { program } from '../../src/cli/program.ts';

const root = program([]);

/** The command that an example calls, and its words after the name. */
function calledBy(example: string): { command: Command; words: readonly string[] } {
  let command = root;
  let words = example.split(' ');
  for (;;) {
    const next = command.commands.find((one) => one.name() === words[0]);
    if (next === undefined) return { command, words };
    command = next;
    words = words.slice(1);
  }
}

function flagsOf(command: Command): readonly string[] {
  const own = command.options.flatMap((option) => [option.short, option.long]);
  return [...own, ...(command.parent === null ? [] : flagsOf(command.parent))].filter(
    (flag) => flag !== undefined,
  );
}

describe('the examples of the help', () => {
  const examples = Object.values(EXAMPLES)
    .flat()
    .filter((example) => !example.startsWith('curl '));

  it.each(examples)('use flags that exist: %s', (example) => {
    const { command, words } = calledBy(example.split(/ -- | && | [<|] /)[0] ?? '');
    expect(command).not.toBe(root);
    if (command.name() === 'as') return;
    const used = words.filter((word) => /^--?[a-z]/.test(word));
    expect(used.filter((flag) => !flagsOf(command).includes(flag))).toEqual([]);
  });

  it('are there for every command, its own or those of the group it is in', () => {
    const all = (command: Command, path: readonly string[]): readonly (readonly string[])[] =>
      command.commands.flatMap((one) => [
        [...path, one.name()],
        ...all(one, [...path, one.name()]),
      ]);
    for (const path of all(root, [])) expect(examplesOf(path)).toMatch(/^Examples:\n {2}carillon /);
  });
});
