import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draft } from '../service/bench.ts';
import { type Door, openDoor } from '../mcp/door.ts';
import { ask } from './ask.ts';

let door: Door;
beforeEach(async () => {
  door = await openDoor();
  await door.bench.services.createTask(draft());
});
afterEach(() => door.close());

const PATH = '/api/v1/tasks/backup';

describe('the tag of a task', () => {
  it.each([
    ['PATCH', PATH, { tags: ['x'] }],
    ['POST', `${PATH}/pause`, {}],
    ['POST', `${PATH}/resume`, {}],
    ['DELETE', PATH, undefined],
  ])('keeps %s %s from changing what its caller has not seen', async (method, path, body) => {
    const seen = await ask(door, 'GET', PATH);
    await ask(door, 'PATCH', PATH, { description: 'changed by another' });
    const etag = seen.headers.get('etag') ?? '';
    const late = await ask(door, method, path, body, { 'if-match': etag });
    expect(late.status).toBe(412);
    expect(late.body).toMatchObject({ code: 'conflict', status: 412 });
    expect(late.headers.get('etag')).toBe('"2"');

    const again = await ask(door, method, path, body, { 'if-match': '"2"' });
    expect(again.status).toBe(200);
  });

  it('is told with every answer about one task, and grows with its changes', async () => {
    const changed = await ask(door, 'PATCH', PATH, { tags: ['a'] });
    expect(changed.headers.get('etag')).toBe('"2"');
    const paused = await ask(door, 'POST', `${PATH}/pause`, {});
    expect(paused.headers.get('etag')).toBe('"3"');
    expect((await ask(door, 'GET', PATH)).headers.get('etag')).toMatch(/^"3\.[\w-]{16}"$/);
  });

  it('says that nothing has changed, until something has', async () => {
    const etag = (await ask(door, 'GET', PATH)).headers.get('etag') ?? '';
    const same = await ask(door, 'GET', PATH, undefined, { 'if-none-match': etag });
    expect(same.status).toBe(304);
    expect(same.headers.get('etag')).toBe(etag);
    await door.bench.services.runTask({ task: 'backup' });
    const other = await ask(door, 'GET', PATH, undefined, { 'if-none-match': etag });
    expect(other.status).toBe(200);
  });

  it.each(['7', '"a"', '"1", "2"', ''])('refuses %j, which is none', async (tag) => {
    const { status, body } = await ask(door, 'PATCH', PATH, { tags: [] }, { 'if-match': tag });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid' });
  });

  it('is not passed over where it would do nothing', async () => {
    const { status } = await ask(door, 'POST', `${PATH}/runs`, {}, { 'if-match': '"1"' });
    expect(status).toBe(400);
  });
});
