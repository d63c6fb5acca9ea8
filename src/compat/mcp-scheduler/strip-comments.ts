/**
 * JSON without `//` and block comments and without commas before a closing bracket: the older
 * system's own example file has such a comment.
 */
export function stripComments(text: string): string {
  return text
    .replace(STRING_OR_COMMENT, (found) => (found.startsWith('"') ? found : ' '))
    .replace(STRING_OR_COMMA, (found, comma: string | undefined) =>
      comma === undefined ? found : comma,
    );
}

const STRING_OR_COMMENT = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g;
const STRING_OR_COMMA = /"(?:[^"\\\n]|\\.)*"|,(\s*[}\]])/g;
