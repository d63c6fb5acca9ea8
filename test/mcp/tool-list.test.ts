import { describe, expect, it } from 'vitest';
import { INSTRUCTIONS } from '../../src/mcp/instructions.ts';
import { NATIVE_TOOLS } from '../../src/mcp/native-surface.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';

/** What a client is told of each tool. */
const LISTED = NATIVE_TOOLS.map((tool) => ({
  name: tool.name,
  title: tool.title,
  description: tool.description,
  annotations: tool.annotations,
  inputSchema: tool.inputJson,
  outputSchema: tool.outputJson,
}));

const TOKENS_MAX = 8_000;
const CHARS_PER_TOKEN = 4;

describe('the list of tools', () => {
  it('costs a model no more than its budget', () => {
    expect(JSON.stringify(LISTED).length / CHARS_PER_TOKEN).toBeLessThan(TOKENS_MAX);
  });

  it.each(LISTED.map((tool) => [tool.name, tool] as const))(
    'describes %s within the limits of clients',
    (name, tool) => {
      expect(name).toMatch(/^[a-z]+(?:_[a-z]+){0,3}$/);
      expect(name.length).toBeLessThanOrEqual(32);
      expect(tool.description.length).toBeLessThanOrEqual(600);
      expect(tool.inputSchema['type']).toBe('object');
      expect(tool.outputSchema?.['type']).toBe('object');
      for (const combinator of ['anyOf', 'oneOf', 'allOf']) {
        expect(tool.inputSchema).not.toHaveProperty(combinator);
      }
      expect(Object.values(tool.annotations).every((hint) => typeof hint === 'boolean')).toBe(true);
    },
  );

  it('describes every argument of every tool, once', () => {
    const described = new Set(
      LISTED.flatMap((tool) => arguments_(tool.inputSchema))
        .filter(([, schema]) => isDescribed(schema))
        .map(([name]) => name),
    );
    for (const tool of LISTED) {
      for (const [name] of arguments_(tool.inputSchema)) expect([...described]).toContain(name);
    }
  });

  it('holds no pattern that a model would have to read', () => {
    expect(JSON.stringify(LISTED)).not.toContain('"pattern"');
  });

  it('marks every tool that only looks as such, and no other', () => {
    for (const tool of NATIVE_TOOLS) {
      expect(tool.annotations.readOnlyHint, tool.name).toBe(tool.access === 'read');
    }
  });

  it.each(LISTED.map((tool) => [tool.name, tool] as const))(
    'shows %s as it was agreed',
    async (name, tool) => {
      await expect(`${JSON.stringify(tool, undefined, 2)}\n`).toMatchFileSnapshot(
        `__snapshots__/${name}.snap`,
      );
    },
  );
});

describe('the instructions', () => {
  it('fit into what clients keep of them', () => {
    expect(Buffer.byteLength(INSTRUCTIONS)).toBeLessThanOrEqual(2_048);
  });

  it('name no tool that is not there', () => {
    const names = NATIVE_TOOLS.map((tool) => tool.name);
    for (const [name] of INSTRUCTIONS.matchAll(/\b[a-z]+_[a-z_]+[a-z]\b/g)) {
      expect([...names, 'task_', 'run_']).toContain(name);
    }
  });
});

function arguments_(schema: JsonObject): readonly (readonly [string, Json])[] {
  return Object.entries((schema['properties'] ?? {}) as JsonObject);
}

function isDescribed(schema: Json): boolean {
  return typeof schema === 'object' && schema !== null && 'description' in schema;
}
