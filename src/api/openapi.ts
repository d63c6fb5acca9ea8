import { z } from 'zod';
import type { Json, JsonObject } from '../domain/json.ts';
import type { ApiRoute } from './api-route.ts';
import { API_ROUTES } from './routes/api-routes.ts';
import { inboxItemView } from './inbox-view.ts';
import { receiptView } from './receipt-view.ts';
import { runDetailView, runView } from './run-view.ts';
import { taskAnswer } from './task-answer.ts';
import { taskBriefView, taskView } from './task-view.ts';

/** The OpenAPI 3.1 document of the API, made from the table of routes. */
export function openApiDocument(version: string): JsonObject {
  const built = documents.get(version) ?? buildDocument(version);
  documents.set(version, built);
  return built;
}

/** Turning all the schemas takes longer than a request may. One program has one version. */
const documents = new Map<string, JsonObject>();

function buildDocument(version: string): JsonObject {
  const { schemas, schemaOf } = components();
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of API_ROUTES) {
    (paths[pathOf(route)] ??= {})[route.method.toLowerCase()] = operationOf(route, schemaOf);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Carillon',
      version,
      description: 'The scheduler for AI agents and the people who work with them.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    tags: tagNames().map((name) => ({ name })),
    paths: { ...paths, '/events': { get: EVENTS }, '/backup': { post: BACKUP } },
    components: {
      schemas: { Problem: PROBLEM, ...schemas },
      responses: { Problem: problemAnswer('A problem, as RFC 9457 writes it.') },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Its scopes: `tasks:read`, `tasks:write`, `tasks:run`, or `admin` for all.',
        },
      },
    },
  };
}

/** `/tasks/:task` as OpenAPI writes it. */
function pathOf(route: ApiRoute): string {
  return route.path.replaceAll(/:(\w+)/g, '{$1}');
}

function tagNames(): readonly string[] {
  return [...new Set([...API_ROUTES.map(tagOf), EVENTS_TAG, BACKUP_TAG])];
}

function tagOf(route: ApiRoute): string {
  return route.path.split('/')[1] ?? '';
}

function operationOf(route: ApiRoute, schemaOf: SchemaOf): JsonObject {
  const input = schemaOf(route.input, 'input');
  const properties = (input['properties'] ?? {}) as Readonly<Record<string, JsonObject>>;
  const required = (input['required'] ?? []) as readonly string[];
  const inPath = new Set([...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? ''));
  const inHeaders = new Set(Object.keys(HEADERS).filter((name) => name in properties));
  const rest = Object.entries(properties).filter(
    ([name]) => !inPath.has(name) && !inHeaders.has(name),
  );
  const hasBody = route.method !== 'GET' && route.method !== 'DELETE' && rest.length > 0;
  const parameters = [
    ...[...inPath].map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: properties[name] ?? {},
    })),
    ...(hasBody ? [] : rest).map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema,
      ...(schema['type'] === 'array' ? { style: 'form', explode: false } : {}),
    })),
    ...[...inHeaders].map((name) => HEADERS[name] ?? {}),
    ...(route.path === TAGGED_PATH && route.method === 'GET' ? [IF_NONE_MATCH] : []),
  ];
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [tagOf(route)],
    security: [{ token: [route.scope] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(hasBody ? { requestBody: bodyOf(Object.fromEntries(rest), required, input) } : {}),
    responses: answersOf(route, schemaOf, inHeaders.has('revision')),
  };
}

const TAGGED_PATH = '/tasks/:task';

function operationId(route: ApiRoute): string {
  return [route.method.toLowerCase(), ...route.path.split(/[/:-]+/).filter((part) => part !== '')]
    .map((part, index) => (index === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1)))
    .join('');
}

/** What may stand in the body too goes by a header by preference. */
const HEADERS: Readonly<Record<string, JsonObject>> = {
  idempotency_key: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    schema: { type: 'string', minLength: 1, maxLength: 200 },
    description: 'The same request under the same key is carried out once.',
  },
  revision: {
    name: 'If-Match',
    in: 'header',
    required: false,
    schema: { type: 'string' },
    description: 'The `ETag` of the task: refused with 412 when it has another by now.',
  },
};

const IF_NONE_MATCH: JsonObject = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description: 'Answered with 304 when nothing of the answer has changed.',
};

function bodyOf(
  properties: JsonObject,
  required: readonly string[],
  input: JsonObject,
): JsonObject {
  const needed = required.filter((name) => name in properties);
  return {
    required: needed.length > 0,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties,
          ...(needed.length === 0 ? {} : { required: needed }),
          ...('additionalProperties' in input
            ? { additionalProperties: input['additionalProperties'] }
            : {}),
        },
      },
    },
  };
}

function answersOf(route: ApiRoute, schemaOf: SchemaOf, hasPrecondition: boolean): JsonObject {
  const isTagged = route.path === TAGGED_PATH && route.method === 'GET';
  const good = route.statuses.map((status) => [
    String(status),
    {
      description: DESCRIPTIONS[status],
      ...(isTagged || hasPrecondition ? { headers: { ETag: { schema: { type: 'string' } } } } : {}),
      ...(status === 204
        ? {}
        : { content: { 'application/json': { schema: schemaOf(route.answer, 'output') } } }),
    },
  ]);
  return {
    ...Object.fromEntries(good),
    ...(isTagged ? { '304': { description: 'It is as it was.' } } : {}),
    ...Object.fromEntries(
      [...PROBLEM_STATUSES, ...(hasPrecondition ? ['412'] : [])].map((status) => [
        status,
        { $ref: '#/components/responses/Problem' },
      ]),
    ),
  };
}

const DESCRIPTIONS = {
  200: 'It is done.',
  201: 'It was made.',
  202: 'It was written down and will be done.',
  204: 'It is done; there is nothing to tell.',
} as const;

const PROBLEM_STATUSES = ['400', '401', '403', '404', '409', '413', '500', '503'];

const PROBLEM: JsonObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'hint'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What was wrong.' },
    code: {
      enum: ['invalid', 'not_found', 'conflict', 'forbidden', 'unavailable', 'internal'],
    },
    hint: { type: ['string', 'null'], description: 'What to do instead.' },
  },
};

function problemAnswer(description: string): JsonObject {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

const EVENTS_TAG = 'events';

const EVENTS: JsonObject = {
  operationId: 'getEvents',
  summary:
    'Server-sent events: every change, the time of the server, and when to read everything anew.',
  tags: [EVENTS_TAG],
  security: [{ token: ['tasks:read'] }],
  parameters: [
    {
      name: 'Last-Event-ID',
      in: 'header',
      required: false,
      schema: { type: 'string', pattern: '^\\d{1,15}$' },
      description: 'The last event that was seen.',
    },
    {
      name: 'after',
      in: 'query',
      required: false,
      schema: { type: 'string', pattern: '^\\d{1,15}$' },
      description: 'The same, for clients that cannot set headers.',
    },
  ],
  responses: {
    '200': {
      description: 'The stream.',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    '400': { $ref: '#/components/responses/Problem' },
    '401': { $ref: '#/components/responses/Problem' },
    '403': { $ref: '#/components/responses/Problem' },
  },
};

const BACKUP_TAG = 'backup';

const BACKUP: JsonObject = {
  operationId: 'postBackup',
  summary: 'A copy of the data as one file, without any key.',
  tags: [BACKUP_TAG],
  security: [{ token: ['admin'] }],
  requestBody: {
    required: false,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: { output: { type: 'boolean', default: true } },
          additionalProperties: false,
        },
      },
    },
  },
  responses: {
    '200': {
      description: 'The file.',
      content: { 'application/vnd.sqlite3': { schema: { type: 'string', format: 'binary' } } },
    },
    '400': { $ref: '#/components/responses/Problem' },
    '401': { $ref: '#/components/responses/Problem' },
    '403': { $ref: '#/components/responses/Problem' },
    '409': { $ref: '#/components/responses/Problem' },
  },
};

/** Views that stand in several answers, told once; those that hold others come first. */
const NAMED = {
  TaskAnswer: taskAnswer,
  RunDetail: runDetailView,
  Task: taskView,
  TaskBrief: taskBriefView,
  Run: runView,
  Receipt: receiptView,
  InboxItem: inboxItemView,
} as const satisfies Readonly<Record<string, z.ZodType>>;

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => JsonObject;

function components(): { readonly schemas: JsonObject; readonly schemaOf: SchemaOf } {
  const plain = Object.entries(NAMED).map(
    ([name, schema]) => [name, plainSchemaOf(schema, 'output')] as const,
  );
  const names = new Map(plain.map(([name, schema]) => [JSON.stringify(schema), name]));
  return {
    schemas: Object.fromEntries(
      plain.map(([name, schema]) => [name, withReferences(schema, names, name)]),
    ),
    schemaOf: (schema, io) =>
      withReferences(plainSchemaOf(schema, io), names, undefined) as JsonObject,
  };
}

function plainSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    reused: 'inline',
    unrepresentable: 'any',
  });
  return withoutMarks(rest as JsonObject) as JsonObject;
}

/** The marks that say how tools list a schema say nothing here, except how a query writes a value. */
function withoutMarks(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => withoutMarks(item as Json));
  if (value === null || typeof value !== 'object') return value;
  const { queryAs, ...rest } = value as JsonObject;
  if (queryAs !== undefined) return queryAs;
  return Object.fromEntries(
    Object.entries(rest)
      .filter(([key]) => !MARKS.has(key))
      .map(([key, inner]) => [key, withoutMarks(inner)]),
  );
}

const MARKS = new Set(['listedAs', 'isListedFlat', 'isDescribedElsewhere']);

function withReferences(
  value: Json,
  names: ReadonlyMap<string, string>,
  self: string | undefined,
): Json {
  if (Array.isArray(value)) {
    return value.map((item) => withReferences(item as Json, names, undefined));
  }
  if (value === null || typeof value !== 'object') return value;
  const name = names.get(JSON.stringify(value));
  if (name !== undefined && name !== self) return { $ref: `#/components/schemas/${name}` };
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, inner]) => [
      key,
      withReferences(inner, names, undefined),
    ]),
  );
}
