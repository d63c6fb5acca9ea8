import type { Json, JsonObject } from '../../domain/json.ts';

const anyObject: JsonObject = { type: 'object', additionalProperties: true };

/** Answers that are an object are structured as they are; every other kind stands under `result`. */
export const objectOutput: JsonObject = anyObject;
export const maybeObjectOutput = wrapped({ anyOf: [anyObject, { type: 'null' }] });
export const listOutput = wrapped({ type: 'array', items: anyObject });
export const booleanOutput = wrapped({ type: 'boolean' });

/** The structured form of an answer to a tool with this output schema. */
export function structured(output: JsonObject | undefined, value: Json): Json {
  return output === undefined || output === objectOutput ? value : { result: value };
}

function wrapped(result: JsonObject): JsonObject {
  return { type: 'object', properties: { result }, required: ['result'] };
}
