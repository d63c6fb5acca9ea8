import { Client } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readJsonText } from '../../src/api/read-json-text.ts';
import type { Surface } from '../../src/api/surface.ts';
import { defineTool } from '../../src/api/tool.ts';
import { Refusal } from '../../src/domain/refusal.ts';
import { READS } from '../../src/mcp/hints.ts';
import { draft } from '../service/bench.ts';
import { called } from './clients.ts';
import { type Door, openDoor } from './door.ts';

const base = { title: 'T', annotations: READS, toolset: 'all', access: 'read' } as const;

const listThings = defineTool({
  ...base,
  name: 'list_things',
  description: 'Lists things.',
  input: z.object({ headers: z.record(z.string(), z.string()).nullish() }),
  handle: async (services, { headers }) => {
    const { items } = await services.listTasks({});
    return [...items.map((item) => item.definition.name), ...Object.keys(headers ?? {})];
  },
  text: () => '',
});

const getThing = defineTool({
  ...base,
  name: 'get_thing',
  description: 'Gets a thing, or nothing.',
  input: z.object({ id: z.string() }),
  handle: async (_services, { id }): Promise<string | undefined> => {
    if (id === 'forbidden') throw new Refusal('forbidden', 'No.');
    return undefined;
  },
  text: () => '',
});

/** A surface as an older system had it: a block for each item, nothing for nothing, free arguments. */
const older: Surface = {
  name: 'older',
  serverInfo: { name: 'older-scheduler', version: '1.9.0' },
  instructions: undefined,
  namespace: 'older',
  tools: [listThings, getThing],
  prompts: [],
  hasResources: false,
  routes: [],
  prepareArguments: readJsonText,
  encode: (_tool, { value }) => ({
    content: Array.isArray(value)
      ? value.map((item) => ({ type: 'text', text: JSON.stringify(item, undefined, 2) }))
      : [],
    structuredContent: { result: value ?? null },
  }),
  refuse: (tool, refusal) => ({
    content: [
      { type: 'text', text: `Error executing tool ${tool?.name ?? ''}: ${refusal.message}` },
    ],
    isError: true,
  }),
};

let door: Door | undefined;
afterEach(() => door?.close());

describe.each(['legacy', { pin: '2026-07-28' }] as const)(
  'another surface, for a %j client',
  (mode) => {
    it('has its own name, tools, namespace, encoding and way with arguments', async () => {
      door = await openDoor({ surfaces: new Map([['older', () => older]]) });
      await door.bench.services.createTask(draft({ name: 'native' }));
      const client = new Client({ name: 't', version: '1' }, { versionNegotiation: { mode } });
      await client.connect(await door.pipe({ surface: 'older' }));

      expect(client.getServerVersion()).toMatchObject({
        name: 'older-scheduler',
        version: '1.9.0',
      });
      expect(client.getInstructions()).toBeUndefined();
      expect(client.getServerCapabilities()?.resources).toBeUndefined();
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(['list_things', 'get_thing']);
      expect(tools[0]?.outputSchema).toBeUndefined();

      const call = (name: string, given: Record<string, unknown>) =>
        client.callTool({ name, arguments: given });
      expect(await call('list_things', { headers: '{"a":"1","b":"2"}', unknown: 1 })).toMatchObject(
        {
          content: [
            { type: 'text', text: '"a"' },
            { type: 'text', text: '"b"' },
          ],
          structuredContent: { result: ['a', 'b'] },
        },
      );
      expect(await call('list_things', {})).toMatchObject({
        content: [],
        structuredContent: { result: [] },
      });
      expect((await call('get_thing', { id: 'x' })).content).toEqual([]);
      expect(called(await call('get_thing', { id: 'forbidden' }))).toMatchObject({
        isError: true,
        text: 'Error executing tool get_thing: No.',
      });
      expect(called(await call('get_thing', {})).text).toBe(
        'Error executing tool get_thing: "id" is required.',
      );
      await client.close();
    });
  },
);
