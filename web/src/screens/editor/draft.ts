/** A variable or a header: its value as text, or the name of the secret that holds it. */
export type Pair = { readonly name: string; readonly value: string; readonly isSecret: boolean };

export type Entered = string | boolean | readonly Pair[];

/** What stands in the fields, by the path under which the API takes it: `name`, `action.prompt`, `retry.attempts`. */
export type Draft = Readonly<Record<string, Entered>>;

export const KINDS = ['command', 'http', 'agent', 'model', 'message', 'reminder'] as const;
export type Kind = (typeof KINDS)[number];

export function textOf(draft: Draft, path: string): string {
  const entered = draft[path];
  return typeof entered === 'string' ? entered : '';
}

export function kindOf(draft: Draft): Kind {
  const text = textOf(draft, 'action.kind');
  return KINDS.find((kind) => kind === text) ?? 'command';
}

export function isBlank(entered: Entered | undefined): boolean {
  if (entered === undefined || entered === false) return true;
  if (typeof entered === 'string') return entered.trim() === '';
  return (
    Array.isArray(entered) && entered.every(({ name, value }: Pair) => name === '' && value === '')
  );
}

/** Whether the fields say the same; a field that was never touched is as good as an empty one. */
export function isSame(one: Draft, other: Draft): boolean {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((path) => {
    const [a, b] = [one[path], other[path]];
    return isBlank(a) && isBlank(b) ? true : JSON.stringify(a) === JSON.stringify(b);
  });
}
