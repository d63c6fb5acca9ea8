import { Refusal } from '../domain/refusal.ts';

export const NAME_CHARS_MAX = 120;
const DESCRIPTION_CHARS_MAX = 4_000;
const REASON_CHARS_MAX = 500;
const TAGS_MAX = 16;
const TAG_PATTERN = /^[a-z0-9][a-z0-9._:/-]{0,49}$/;

/** Control characters, format characters that reorder or hide text, and line separators. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/u;
/** Joiners that scripts and emoji need inside words. */
const JOINERS = /[\u200c\u200d]/g;

/** A task's name without surrounding blanks. */
export function checkName(given: string): string {
  const name = given.trim();
  const length = Array.from(name).length;
  if (length === 0) throw new Refusal('invalid', 'The name is empty. Write 1 to 120 characters.');
  if (length > NAME_CHARS_MAX) {
    throw new Refusal(
      'invalid',
      `The name has ${length} characters; the most is ${NAME_CHARS_MAX}. Shorten it and put the rest into the description.`,
    );
  }
  if (UNPRINTABLE.test(name.replace(JOINERS, ''))) {
    throw new Refusal(
      'invalid',
      'The name holds a line break or another character that cannot be seen. Leave it out.',
    );
  }
  return name;
}

export function checkDescription(given: string | undefined): string | undefined {
  const description = given?.trim();
  if (description === undefined || description === '') return undefined;
  if (description.length > DESCRIPTION_CHARS_MAX) {
    throw new Refusal(
      'invalid',
      `The description has ${description.length} characters; the most is ${DESCRIPTION_CHARS_MAX}.`,
    );
  }
  return description;
}

/** A person's or agent's reason for pausing or cancelling, cut to its bound. */
export function checkReason(given: string | undefined): string | undefined {
  const reason = given?.trim();
  return reason === undefined || reason === '' ? undefined : reason.slice(0, REASON_CHARS_MAX);
}

/** Tags in lower case, each once, in their order. */
export function checkTags(given: readonly string[]): readonly string[] {
  const tags = [...new Set(given.map((tag) => tag.trim().toLowerCase()))];
  if (tags.length > TAGS_MAX) {
    throw new Refusal('invalid', `There are ${tags.length} tags; the most is ${TAGS_MAX}.`);
  }
  for (const tag of tags) {
    if (TAG_PATTERN.test(tag)) continue;
    throw new Refusal(
      'invalid',
      `${JSON.stringify(tag.slice(0, 60))} is not a tag. Write 1 to 50 of a-z, 0-9 and . _ : / -, beginning with a letter or digit.`,
    );
  }
  return tags;
}
