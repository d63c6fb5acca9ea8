import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { API_ROUTES } from '../../src/api/routes/api-routes.ts';
import { owner, type Scope } from '../../src/domain/principal.ts';
import { Refusal } from '../../src/domain/refusal.ts';
import { type Door, openDoor } from '../mcp/door.ts';
import { draft } from '../service/bench.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});
afterEach(() => door.close());

const SCOPES: readonly Scope[] = ['tasks:read', 'tasks:write', 'tasks:run'];

describe('the table of routes', () => {
  it.each(API_ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'says of %s which scope it needs',
    async (_name, route) => {
      const { task } = await door.bench.services.createTask(draft());
      const run = await door.bench.services.runTask({ task: task.id, overlap: 'allow' });
      const others = SCOPES.filter((scope) => scope !== route.scope);
      const given = inputFor(route, { task: task.id, run: run.id, tasks: task.id });
      expect(await refusalOf(route, [route.scope], given)).not.toContain('scope');
      expect(await refusalOf(route, others, given)).toContain(`scope "${route.scope}"`);
    },
  );
});

type Route = (typeof API_ROUTES)[number];

/** Enough to get past the door; what it is about need not be there. */
function inputFor(route: Route, ids: Readonly<Record<string, unknown>>) {
  const { properties = {}, required = [] } = z.toJSONSchema(route.input as z.ZodType, {
    io: 'input',
    unrepresentable: 'any',
  });
  const needed = Object.entries(properties)
    .filter(([name]) => required.includes(name))
    .map(([name, schema]) => [name, sampleOf(schema as Sampled)] as const);
  const known = Object.entries({ ...VALUES, ...ids }).filter(([name, value]) => {
    const { enum: values } = (properties[name] ?? {}) as Sampled;
    return name in properties && (values?.includes(value) ?? true);
  });
  const given = { ...Object.fromEntries(needed), ...Object.fromEntries(known) };
  if (route.path === '/import') return { ...given, tasks: [] };
  return route.path === '/tasks/bulk' ? { ...given, tasks: [ids['task']] } : given;
}

type Sampled = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly items?: Sampled;
};

function sampleOf({ type, enum: values, minimum, items }: Sampled): unknown {
  if (values !== undefined) return values[0];
  if (type === 'array') return items === undefined ? [] : [sampleOf(items)];
  if (type === 'object') return {};
  if (type === 'boolean') return true;
  return type === 'integer' || type === 'number' ? Math.max(1, minimum ?? 1) : '1';
}

const VALUES = {
  item: '1',
  webhook: 'NAME',
  url: 'http://127.0.0.1:9/',
  key: 'data',
  delivery: '1',
  as: 'done',
  name: 'NAME',
  value: 'value',
  approval: 'appr_01jd3k8h2v7m4q0x9w6c5b1azn',
  content_hash: 'none',
  scopes: ['tasks:read'],
  when: 'every 5 minutes',
  action: { kind: 'command', argv: ['true'] },
  seconds: '1',
  verb: 'pause',
  from: '2026-11-02T08:00:00Z',
  to: '2026-11-03T08:00:00Z',
  text: 'yes',
};

async function refusalOf(route: Route, scopes: readonly Scope[], given: object): Promise<string> {
  const principal = { ...owner('test 1.0'), id: 'somebody', kind: 'api_key' as const, scopes };
  const input = route.path === '/explain' ? { run: (given as { run: string }).run } : given;
  const gone = new AbortController();
  gone.abort();
  try {
    await route.handle(
      door.bench.as(principal),
      { ...input },
      {
        zone: 'UTC',
        signal: gone.signal,
        now: () => door.bench.clock.now(),
      },
    );
    return '';
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}
