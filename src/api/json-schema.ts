import { z } from 'zod';
import type { Json, JsonObject } from '../domain/json.ts';

/** The JSON Schema of a tool's arguments, as short as it can say the same: the model pays for every token. */
export function inputSchemaOf(schema: z.ZodObject): JsonObject {
  return shorten(toJsonSchema(schema, 'input'), isInputNoise) as JsonObject;
}

/**
 * The JSON Schema of a tool's answer: what there is, not how it is nested. Answers may grow fields,
 * so objects do not close, and those inside of the things that are answered stay open.
 */
export function outputSchemaOf(schema: z.ZodType): JsonObject {
  return flatten(shorten(toJsonSchema(schema, 'output'), isOutputNoise), 0) as JsonObject;
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, reused: 'inline' });
  return rest as JsonObject;
}

function shorten(value: Json, isNoise: (key: string, value: Json) => boolean): Json {
  if (Array.isArray(value)) return value.map((item) => shorten(item as Json, isNoise));
  if (value === null || typeof value !== 'object') return value;
  const { properties, isListedFlat, listedAs, ...rest } = value as JsonObject;
  if (listedAs !== undefined) return listedAs;
  if (isListedFlat === true) return flattenKinds(rest);
  const entries = Object.entries(rest)
    .filter(([key, inner]) => !isNoise(key, inner))
    .map(([key, inner]) => [key, shorten(inner, isNoise)] as const);
  return joinNull({
    ...Object.fromEntries(entries),
    ...(properties === undefined ? {} : { properties: shortenEach(properties, isNoise) }),
  });
}

/** The names of properties are no keywords, so none of them is noise. */
function shortenEach(properties: Json, isNoise: (key: string, value: Json) => boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(properties as JsonObject).map(([name, schema]) => [
      name,
      shorten(schema, isNoise),
    ]),
  );
}

function isInputNoise(key: string, value: Json): boolean {
  return (
    key === 'propertyNames' ||
    (key === 'additionalProperties' && isEmpty(value)) ||
    (key === 'properties' && isEmpty(value)) ||
    (key === 'maximum' && value === Number.MAX_SAFE_INTEGER) ||
    (key === 'minimum' && value === Number.MIN_SAFE_INTEGER)
  );
}

function isOutputNoise(key: string, value: Json): boolean {
  return isInputNoise(key, value) || key === 'additionalProperties' || key === 'required';
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** `anyOf: [X, null]` as `type: [X, 'null']`. */
function joinNull(schema: JsonObject): JsonObject {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const [first, second] = anyOf as readonly JsonObject[];
  if (first === undefined || second?.['type'] !== 'null') return schema;
  if (typeof first['type'] !== 'string' || first['enum'] !== undefined) return schema;
  return { ...rest, ...first, type: [first['type'], 'null'] };
}

/** Lists something in other words than its schema. */
export function listedAs<Schema extends z.ZodType>(schema: Schema, listing: JsonObject): Schema {
  return schema.meta({ listedAs: listing });
}

/** Lists a union of kinds as one object with the fields of all, which is half as long. */
export function listedFlat<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ isListedFlat: true });
}

/** What the first kind with a field says about it holds for the others; `*` marks what is required. */
function flattenKinds(union: JsonObject): JsonObject {
  const kinds = (union['oneOf'] as readonly JsonObject[]).map((kind) => {
    const { kind: name, ...properties } = kind['properties'] as Readonly<
      Record<string, JsonObject>
    >;
    const required = (kind['required'] ?? []) as readonly string[];
    return { name: name?.['const'] as string, properties, required };
  });
  const fields: Record<string, Json> = {};
  for (const { properties } of kinds) {
    for (const [name, schema] of Object.entries(properties)) fields[name] ??= outline(schema);
  }
  const told = kinds.map(({ name, properties, required }) => {
    const names = Object.keys(properties).map((field) =>
      required.includes(field) ? `${field}*` : field,
    );
    return `${name}: ${names.join(' ')}`;
  });
  return {
    type: 'object',
    required: ['kind'],
    description: `fields by kind, * required. ${told.join('; ')}`,
    properties: { kind: { enum: kinds.map(({ name }) => name) }, ...fields },
  };
}

/** Type and description of a field; what fields look like inside, the description says. */
function outline({ type, description }: JsonObject): JsonObject {
  return {
    ...(type === undefined ? {} : { type }),
    ...(description === undefined ? {} : { description }),
  };
}

/** Marks a part of an answer whose shape the list of tools tells already, in another place. */
export function describedElsewhere<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ isDescribedElsewhere: true });
}

/** Objects at this depth are listed with their properties, deeper ones are not. */
const DEPTH_LISTED = 1;

function flatten(schema: Json, depth: number): Json {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) return schema;
  const { properties, items, isDescribedElsewhere, ...rest } = schema as JsonObject;
  return {
    ...rest,
    ...(items === undefined ? {} : { items: flatten(items, depth) }),
    ...(properties === undefined || depth > DEPTH_LISTED || isDescribedElsewhere === true
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties as JsonObject).map(([name, inner]) => [
              name,
              flatten(inner, depth + 1),
            ]),
          ),
        }),
  };
}

/** Leaves of the properties that `known` describes already, to the letter, no more than their type. */
export function withoutRepeating(schema: JsonObject, known: JsonObject): JsonObject {
  const knownProperties = (known['properties'] ?? {}) as JsonObject;
  const properties = Object.entries((schema['properties'] ?? {}) as JsonObject).map(
    ([name, inner]) => [
      name,
      JSON.stringify(inner) === JSON.stringify(knownProperties[name]) ? typeAlone(inner) : inner,
    ],
  );
  return { ...schema, properties: Object.fromEntries(properties) as JsonObject };
}

function typeAlone(schema: Json): JsonObject {
  const type = (schema as JsonObject)['type'];
  return type === undefined ? {} : { type };
}
