import { z } from 'zod';
import type { Json, JsonObject } from '../../domain/json.ts';

export type AnswerReader =
  | { readonly kind: 'reader'; readonly read: (text: string) => ReadAnswer }
  | { readonly kind: 'bad_schema' };

export type ReadAnswer =
  | { readonly kind: 'data'; readonly data: Json }
  | { readonly kind: 'not_json' }
  | { readonly kind: 'not_as_asked' };

/** Reads answers that are to be JSON after a schema. */
export function answerReader(schema: JsonObject): AnswerReader {
  let parser: z.ZodType;
  try {
    parser = z.fromJSONSchema(schema);
  } catch {
    return { kind: 'bad_schema' };
  }
  return {
    kind: 'reader',
    read: (text) => {
      const data = parseJson(text) ?? parseJson(withoutFence(text));
      if (data === undefined) return { kind: 'not_json' };
      // The model's own words are kept: a parser might fill in defaults.
      return parser.safeParse(data.value).success
        ? { kind: 'data', data: data.value }
        : { kind: 'not_as_asked' };
    },
  };
}

function parseJson(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}

/** Small models put JSON into a fence however they are asked. */
function withoutFence(text: string): string {
  return text.replace(/^\s*```(?:json)?\s*\n/, '').replace(/\n\s*```\s*$/, '');
}
