import { afterEach, beforeEach, expect, it } from 'vitest';
import { owner } from '../../src/domain/principal.ts';
import { type Door, openDoor, TOKEN } from '../mcp/door.ts';

let door: Door;
let isLetIn = true;
beforeEach(async () => {
  isLetIn = true;
  const reader = async (token: string) =>
    isLetIn && token === 'crr_of_a_run'
      ? ({ ...owner('agent'), kind: 'agent_run', id: 'agent run_1' } as const)
      : undefined;
  door = await openDoor({}, { auth: { kind: 'token', token: TOKEN, readers: [reader] } });
});
afterEach(() => door.close());

async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

it('ends the stream of events of a run whose token has ended, and of nobody else', async () => {
  const open = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const request = new Request('http://localhost/api/v1/events', { headers });
    const { body } = await door.app.fetch(request);
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    let isOver = false;
    const read = async (): Promise<void> => {
      while (!(await reader.read()).done);
      isOver = true;
    };
    const reading = read();
    return { isOver: () => isOver, leave: () => reader.cancel().then(() => reading) };
  };
  const run = await open('crr_of_a_run');
  const own = await open(TOKEN);
  door.bench.clock.advance(10_000);
  await settled();
  expect(run.isOver()).toBe(false);
  isLetIn = false;
  door.bench.clock.advance(10_000);
  await settled();
  expect(run.isOver()).toBe(true);
  expect(own.isOver()).toBe(false);
  await own.leave();
});
