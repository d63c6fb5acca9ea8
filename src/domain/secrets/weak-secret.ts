/** Shorter values are masked only as they are, since their other forms stand in ordinary text. */
const MASKED_CHARS_MIN = 6;
const WORD_CHARS_MAX = 12;

/**
 * What a person should know about a value before relying on its being masked and unguessable. The
 * sentences do not quote it.
 */
export function weakSecretWarnings(value: string): readonly string[] {
  const warnings: string[] = [];
  if (value.length < MASKED_CHARS_MIN) {
    warnings.push(
      `The value has fewer than ${MASKED_CHARS_MIN} characters. It is not masked in every form, since that would tear ordinary words apart.`,
    );
  }
  if (isWord(value)) {
    warnings.push(
      'The value is an ordinary word, a name or a common password. Masking it also hides that word where it is no secret, and it can be guessed.',
    );
  }
  return warnings;
}

/** Letters alone, or one of the commonest passwords, however capitalised and with digits at its end. */
function isWord(value: string): boolean {
  if (value === '') return false;
  if (/^\p{L}+$/u.test(value)) return value.length <= WORD_CHARS_MAX && !isMixed(value);
  if (/^\d+$/.test(value)) return value.length <= WORD_CHARS_MAX;
  const bare = value.toLowerCase().replace(/[\d!.?_-]+$/, '');
  return COMMON.has(bare) || COMMON.has(value.toLowerCase());
}

/** `correctHorse` is a word; `kXqZbTrw` is not one. */
function isMixed(value: string): boolean {
  const changes = value.slice(1).match(/\p{Lu}/gu)?.length ?? 0;
  return changes >= 3 && /\p{Ll}/u.test(value);
}

/** Words that people put before digits when they are asked for a password. */
const COMMON: ReadonlySet<string> = new Set(
  `password passwd pass passw0rd p@ssword p@ssw0rd secret admin administrator root user test testing
  guest welcome letmein login master changeme default qwerty qwertz azerty asdf abc monkey dragon
  hello iloveyou sunshine princess football baseball shadow superman batman trustno summer winter
  spring autumn token apikey key example sample demo temp todo foobar foo bar baz carillon null
  undefined none true false`.split(/\s+/),
);
