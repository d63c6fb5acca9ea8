import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../src/api/openapi.ts';
import { API_ROUTES } from '../../src/api/routes/api-routes.ts';
import { type Door, openDoor } from '../mcp/door.ts';
import { ask } from './ask.ts';

type Schema = { readonly [key: string]: unknown };
type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly security: readonly { readonly token: readonly string[] }[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly responses: Readonly<Record<string, Schema>>;
};

const document = openApiDocument('1.2.3');
const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

describe('the OpenAPI document', () => {
  it('is served', async () => {
    const { status, body } = await ask(door, 'GET', '/api/v1/openapi.json');
    expect(status).toBe(200);
    expect(body).toMatchObject({ openapi: '3.1.1', info: { title: 'Carillon', version: '0.1.0' } });
    expect(body['paths']).toEqual(paths);
  });

  it.each(API_ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'tells of %s with all that it takes, answers and needs',
    (_name, route) => {
      const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
      const operation = paths[path]?.[route.method.toLowerCase()];
      expect(operation?.summary).toBe(route.summary);
      expect(operation?.security).toEqual([{ token: [route.scope] }]);
      const inBody = operation?.requestBody?.content['application/json']?.schema['properties'];
      const told = [
        ...(operation?.parameters ?? []).map(({ name }) => HEADER_INPUTS[name] ?? name),
        ...Object.keys(inBody ?? {}),
      ];
      expect(told.filter((name) => name !== 'If-None-Match').sort()).toEqual(
        Object.keys(route.input.shape).sort(),
      );
      const statuses = Object.keys(operation?.responses ?? {});
      expect(statuses).toEqual(
        expect.arrayContaining([...route.statuses.map(String), '400', '401', '403', '404', '500']),
      );
      for (const status of route.statuses) {
        const answer = operation?.responses[String(status)];
        expect(answer !== undefined && 'content' in answer).toBe(status !== 204);
      }
    },
  );

  it('names each operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has a parameter for each part of a path that varies, and for no other', () => {
    for (const { path, operation } of operations) {
      const varying = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const parameters = (operation.parameters ?? []).filter((one) => one.in === 'path');
      expect(parameters.map(({ name }) => name)).toEqual(varying);
      expect(parameters.every(({ required }) => required)).toBe(true);
    }
  });

  it('refers to nothing that is not there, and holds nothing that JSON Schema does not know', () => {
    const known = new Set(KEYWORDS);
    const visit = (value: unknown, place: string, isSchema: boolean): void => {
      if (Array.isArray(value)) {
        value.forEach((item, index) => visit(item, `${place}/${index}`, isSchema));
        return;
      }
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        const at = `${place}/${key}`;
        if (key === '$ref') expect(at + resolved(String(inner))).toBe(at);
        if (isSchema) expect(known.has(key) ? '' : at).toBe('');
        const isMap = key === 'properties' || key === '$defs' || key === 'schemas';
        if (isMap) {
          for (const [name, schema] of Object.entries(inner as object)) {
            visit(schema, `${at}/${name}`, true);
          }
        } else if (!VALUES.has(key)) visit(inner, at, isSchema || key === 'schema');
      }
    };
    visit(document, '#', false);
  });
});

/** Nothing when the reference leads somewhere. */
function resolved(reference: string): string {
  let place: unknown = document;
  for (const part of reference.split('/').slice(1)) {
    place = (place as Schema | undefined)?.[part];
  }
  return place === undefined ? ` leads nowhere: ${reference}` : '';
}

const HEADER_INPUTS: Readonly<Record<string, string>> = {
  'Idempotency-Key': 'idempotency_key',
  'If-Match': 'revision',
};

const VALUES = new Set(['const', 'enum', 'default', 'required', 'examples']);

const KEYWORDS = [
  '$ref',
  '$defs',
  'type',
  'properties',
  'additionalProperties',
  'propertyNames',
  'required',
  'items',
  'prefixItems',
  'minItems',
  'maxItems',
  'enum',
  'const',
  'default',
  'description',
  'anyOf',
  'oneOf',
  'allOf',
  'not',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'title',
];
