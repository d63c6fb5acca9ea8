import { describe, expect, it } from 'vitest';
import { schemaDocument } from '../../../src/compat/mcp-scheduler/schema-document.ts';
import { mcpSchedulerTools } from '../../../src/compat/mcp-scheduler/surface.ts';
import { settingsFromJson } from '../../../src/compat/mcp-scheduler/settings-json.ts';
import type { JsonObject } from '../../../src/domain/json.ts';

const tools = mcpSchedulerTools(settingsFromJson({}));

describe('schemaDocument', () => {
  it('describes tools as the seed shows them', () => {
    const described = schemaDocument(tools)['tools'] as readonly JsonObject[];
    expect(described[0]).toEqual({
      name: 'list_tasks',
      description: 'List all scheduled tasks.',
      endpoint: 'list_tasks',
      method: 'POST',
      parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
    });
    expect(described.find(({ name }) => name === 'add_command_task')?.['parameters']).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string' },
        schedule: { type: 'string' },
        command: { type: 'string' },
        description: { type: 'string' },
        enabled: { type: 'boolean' },
        do_only_once: { type: 'boolean' },
      },
      required: ['name', 'schedule', 'command'],
      additionalProperties: false,
    });
    const api = described.find(({ name }) => name === 'add_api_task')?.['parameters'];
    expect(api).toHaveProperty('properties.api_body', { type: 'object' });
    const executions = described.find(({ name }) => name === 'get_task_executions');
    expect(executions).toHaveProperty('parameters.properties.limit', { type: 'integer' });
  });
});

describe('the tools', () => {
  it('are those of the older system, in its order', () => {
    expect(tools.map(({ name }) => name)).toEqual([
      'list_tasks',
      'get_task',
      'add_command_task',
      'add_api_task',
      'add_ai_task',
      'add_reminder_task',
      'update_task',
      'remove_task',
      'enable_task',
      'disable_task',
      'run_task_now',
      'get_task_executions',
      'get_server_info',
    ]);
  });

  it('list schemas with the same parameters as they check', () => {
    for (const tool of tools) {
      const listed = Object.keys((tool.inputJson['properties'] ?? {}) as JsonObject);
      expect(listed).toEqual(expect.arrayContaining(Object.keys(tool.input.shape)));
      expect(listed).toHaveLength(Object.keys(tool.input.shape).length);
    }
  });
});
