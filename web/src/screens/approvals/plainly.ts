/**
 * The text with every sign in it that is not seen, and could make it look like another text: controls, marks
 * of direction, signs without width.
 */
export function plainly(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (sign) =>
    sign === '\n' || sign === '\t'
      ? sign
      : `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
