import type { VersionView } from '../../api/versions.ts';

/** One thing that two versions say differently; what one of them does not say is absent. */
export type Difference = {
  readonly what: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
};

/** Parts that every version has of its own, or that repeat another. */
const LEFT_OUT = new Set(['version', 'created_at', 'changed_by', 'does', 'when']);

/** What the later version says differently, part by part. */
export function differencesOf(before: VersionView, after: VersionView): readonly Difference[] {
  const one = flat(before);
  const other = flat(after);
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((what) => one.get(what) !== other.get(what))
    .map((what) => ({ what, before: one.get(what), after: other.get(what) }));
}

function flat(version: VersionView): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  const add = (path: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    if (typeof value === 'object' && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) {
        add(path === '' ? name : `${path} › ${name}`, inner);
      }
      return;
    }
    if (Array.isArray(value) && value.length === 0) return;
    parts.set(path.replaceAll('_', ' '), sayValue(value));
  };
  for (const [name, value] of Object.entries(version)) {
    if (!LEFT_OUT.has(name)) add(name, value);
  }
  return parts;
}

function sayValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
    return value.join(' ');
  }
  return JSON.stringify(value, undefined, 2);
}
