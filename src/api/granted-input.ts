import { z } from 'zod';
import type { GrantedValue } from '../domain/action.ts';
import { Refusal } from '../domain/refusal.ts';
import { HIDDEN } from './hidden-values.ts';

/** A value written in the task, or the name of a secret. */
const grantedValue = z.union([z.string(), z.strictObject({ secret: z.string() })]);

export const grantedValues = z
  .record(z.string(), grantedValue)
  .optional()
  .describe('text, or {secret: name}');

export function toValues(
  values: Readonly<Record<string, z.output<typeof grantedValue>>> | undefined,
  place: string,
): Readonly<Record<string, GrantedValue>> {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [name, toValue(value, `${place}.${name}`)]),
  );
}

function toValue(value: z.output<typeof grantedValue>, place: string): GrantedValue {
  if (typeof value !== 'string') return { kind: 'secret', secret: value.secret };
  requireShown(value, place);
  return { kind: 'text', text: value };
}

/** Refuses the mark that stands for a value which is not shown. */
export function requireShown(text: string, place: string): void {
  if (text !== HIDDEN) return;
  throw new Refusal(
    'invalid',
    `"${place}" is ${JSON.stringify(HIDDEN)}, which stands for a value that is not shown. Write the value, or store it as a secret and write {"secret": "its name"}.`,
  );
}
