import { Refusal } from '../../domain/refusal.ts';

/** Where the prompt stands in the command of an engine. */
const PROMPT_PLACEHOLDER = '{{.prompt}}';

const COMMAND_CHARS_MAX = 4_096;

/**
 * The arguments of an engine's command, which no shell ever sees: quotes keep words together, and
 * nothing is expanded. It is split before the prompt is filled in, so that a prompt stays one argument
 * whatever it says.
 *
 * @param place names the setting in refusals.
 */
export function splitCommand(text: string, place: string): readonly [string, ...string[]] {
  if (text.length > COMMAND_CHARS_MAX) {
    throw new Refusal('invalid', `${place} is longer than ${COMMAND_CHARS_MAX} characters.`);
  }
  const normal = text.replaceAll(/\{\{\s*\.prompt\s*\}\}/g, PROMPT_PLACEHOLDER);
  const [program, ...rest] = wordsOf(normal, place);
  if (program === undefined) throw new Refusal('invalid', `${place} names no program.`);
  const argv = [program, ...rest] as const;
  requirePlaceholder(argv, place);
  return [...argv];
}

/**
 * The command with the prompt in its place. A prompt that would stand alone and begins with a dash gets
 * a blank before it, so that no program takes it for an option.
 */
export function fillPrompt(
  argv: readonly [string, ...string[]],
  prompt: string,
): readonly [string, ...string[]] {
  const [program, ...rest] = argv;
  const alone = prompt.startsWith('-') ? ` ${prompt}` : prompt;
  return [
    program,
    ...rest.map((argument) =>
      argument.startsWith(PROMPT_PLACEHOLDER)
        ? `${alone}${argument.slice(PROMPT_PLACEHOLDER.length).split(PROMPT_PLACEHOLDER).join(prompt)}`
        : argument.split(PROMPT_PLACEHOLDER).join(prompt),
    ),
  ];
}

function wordsOf(text: string, place: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    const next = text.charAt(index + 1);
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else if (quote === '"' && character === '\\' && /["\\]/.test(next)) {
        word = `${word ?? ''}${next}`;
        index += 1;
      } else word = `${word ?? ''}${character}`;
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\' && next !== '') {
      word = `${word ?? ''}${next}`;
      index += 1;
    } else if (SHELL_ONLY.test(character)) throw needsShell(character, place);
    else word = `${word ?? ''}${character}`;
  }
  if (quote !== undefined) throw new Refusal('invalid', `A quote in ${place} is not closed.`);
  return word === undefined ? words : [...words, word];
}

/** Outside quotes these mean something to a shell, and would reach the program as they are. */
const SHELL_ONLY = /[|&;<>`$]/;

function needsShell(character: string, place: string): Refusal {
  return new Refusal(
    'invalid',
    `${place} has ${JSON.stringify(character)}, which only a shell understands, and none is used.`,
    'Put it into quotes when it is meant as it stands, or put the command into a script.',
  );
}

function requirePlaceholder([program, ...rest]: readonly string[], place: string): void {
  const hint = `Write the program first and ${PROMPT_PLACEHOLDER} among its arguments.`;
  if (program?.includes(PROMPT_PLACEHOLDER) === true) {
    throw new Refusal('invalid', `${place} takes the prompt for the program.`, hint);
  }
  if (!rest.some((argument) => argument.includes(PROMPT_PLACEHOLDER))) {
    throw new Refusal('invalid', `${place} has no place for the prompt.`, hint);
  }
  const other = rest
    .join('\n')
    .replaceAll(PROMPT_PLACEHOLDER, '')
    .match(/\{\{.{0,40}/)?.[0];
  if (other === undefined) return;
  throw new Refusal(
    'invalid',
    `${place} has ${JSON.stringify(other)}, which nothing fills in.`,
    hint,
  );
}
