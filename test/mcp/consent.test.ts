import { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draft } from '../service/bench.ts';
import { called } from './clients.ts';
import { type Door, openDoor } from './door.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
  await door.bench.services.createTask(draft());
});
afterEach(() => door.close());

const MODES = [
  ['2026-07-28', 'pipe', { pin: '2026-07-28' }],
  ['2026-07-28', 'http', { pin: '2026-07-28' }],
  ['2025-11-25', 'pipe', 'legacy'],
  ['2025-11-25', 'http', 'legacy'],
] as const;

type Reply = {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content?: Record<string, boolean>;
};

/** A client that can show a form, and what its user answers. */
async function askable(
  transport: 'pipe' | 'http',
  mode: 'legacy' | { readonly pin: string },
  reply: () => Reply | Promise<Reply>,
): Promise<{ readonly client: Client; readonly asked: string[] }> {
  const asked: string[] = [];
  const client = new Client(
    { name: 'askable', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode } },
  );
  client.setRequestHandler('elicitation/create', async (request) => {
    asked.push(request.params.message);
    return reply();
  });
  await client.connect(transport === 'pipe' ? await door.pipe() : door.http());
  return { client, asked };
}

async function deleteBackup(client: Client) {
  return called(await client.callTool({ name: 'delete_task', arguments: { task: 'backup' } }));
}

describe.each(MODES)('a %s client that can ask its user, over %s', (_era, transport, mode) => {
  it('deletes a task when the user agrees', async () => {
    const { client, asked } = await askable(transport, mode, () => ({
      action: 'accept',
      content: { ok: true },
    }));
    expect(await deleteBackup(client)).toMatchObject({ data: { is_deleted: true } });
    expect(asked).toEqual(['Delete the task "backup" for good?']);
    await expect(door.bench.services.getTask('backup')).rejects.toMatchObject({
      code: 'not_found',
    });
    await client.close();
  });

  it.each([
    { action: 'decline' },
    { action: 'cancel' },
    { action: 'accept', content: { ok: false } },
  ] as const)('keeps it when the user answers %j', async (reply) => {
    const { client } = await askable(transport, mode, () => reply);
    expect(await deleteBackup(client)).toMatchObject({
      isError: false,
      data: { is_deleted: false },
    });
    expect((await door.bench.services.getTask('backup')).task.state).toBe('active');
    await client.close();
  });

  it('asks again when the task was changed while the user was thinking', async () => {
    let round = 0;
    const { client, asked } = await askable(transport, mode, async () => {
      round += 1;
      if (round === 1) await door.bench.services.pauseTask('backup');
      return { action: 'accept', content: { ok: true } };
    });
    expect(await deleteBackup(client)).toMatchObject({ data: { is_deleted: true } });
    expect(asked).toHaveLength(2);
    await client.close();
  });
});
