import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failed } from '../support/scripted-executor.ts';
import { draft } from '../service/bench.ts';
import { type Door, openDoor, TOKEN } from '../mcp/door.ts';

let door: Door;
let stopping: AbortController;
beforeEach(async () => {
  stopping = new AbortController();
  door = await openDoor({}, { stopping: stopping.signal });
});
afterEach(async () => {
  stopping.abort();
  await door.close();
});

async function scrape(token = TOKEN) {
  const response = await door.app.fetch(
    new Request('http://localhost/metrics', { headers: { authorization: `Bearer ${token}` } }),
  );
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

describe('/metrics', () => {
  it('tells of runs, lateness, queue, cost and the daemon in the format of Prometheus', async () => {
    const { bench } = door;
    await scrape();
    await bench.services.createTask(draft({ name: 'a "quoted"\\name' }));
    bench.clock.advance(3_600_000);
    await bench.plan();
    bench.clock.advance(2_000);
    const [claim] = await bench.take();
    if (claim === undefined) throw new Error('Nothing was planned.');
    await bench.finish(claim, failed('exit_code', false));
    await bench.services.runTask({ task: claim.run.taskId });
    const { status, type, text } = await scrape();
    expect(status).toBe(200);
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const line of [
      'carillon_tasks{state="active"} 1',
      'carillon_runs_unfinished{state="queued"} 1',
      'carillon_runs_ended_last_hour{outcome="failed"} 1',
      'carillon_run_lateness_seconds{quantile="1"} 2',
      'carillon_changes_total{kind="run.failed"} 1',
      'carillon_info{version="0.1.0",node="24.21.0"} 1',
      'carillon_uptime_seconds 3602',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(text).toMatch(/^carillon_event_loop_lag_seconds\{quantile="0.99"\} \d/m);
    expect(text).not.toContain('quoted');
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? [\d.eE+-]+)$/,
      );
    }
  });

  it('is for those who may read tasks', async () => {
    expect((await scrape('wrong')).status).toBe(401);
    stopping.abort();
    await door.close();
    stopping = new AbortController();
    const nobody = async () => ({ ...(await principal()), scopes: [] });
    door = await openDoor(
      {},
      {
        stopping: stopping.signal,
        auth: { kind: 'token', token: TOKEN, readers: [nobody] } as never,
      },
    );
    expect((await scrape('other')).status).toBe(403);
  });
});

async function principal() {
  const { owner } = await import('../../src/domain/principal.ts');
  return owner('test');
}
