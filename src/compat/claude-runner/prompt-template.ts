/**
 * A template of the older system as ours: `{{payload}}` and `{{payload.a.b}}`, without blanks, are filled
 * in, what is not there stays as it was written, and every other brace is a brace.
 */
export function toTemplate(text: string): string {
  return text.replaceAll(PLACEHOLDER_OR_OPEN, (found: string, name: string | undefined) =>
    name === undefined ? `\\${found}` : `{{${name} | default ${JSON.stringify(found)}}}`,
  );
}

/** A text that is no template: braces are braces. */
export function toLiteral(text: string): string {
  return text.replaceAll('{{', '\\{{');
}

const PLACEHOLDER_OR_OPEN = /(?<!\\)\{\{(payload(?:\.[^\s|{}".]+)*)\}\}|\{\{/g;
