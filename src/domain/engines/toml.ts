import type { Json } from '../json.ts';

/** A text as a basic string of TOML 1.0, which differs from JSON in two characters. */
export function tomlText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007f');
}

/** A value as one line of TOML; what TOML has no word for is left out. */
export function tomlValue(value: Json): string {
  if (typeof value === 'string') return tomlText(value);
  if (value === null) return '""';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value))
    return `[${value
      .filter((one) => one !== null)
      .map(tomlValue)
      .join(', ')}]`;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return `{${entries.map(([key, inner]) => `${tomlText(key)} = ${tomlValue(inner)}`).join(', ')}}`;
}
