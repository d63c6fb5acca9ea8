import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carillon } from '../support/real-daemon.ts';
import { openAgentWorld, type AgentWorld, type Fields } from './agent-world.ts';
import type { Step } from './scripted-agent.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await openAgentWorld();
}, 30_000);
afterAll(() => world.close());

const COMMAND = { kind: 'command', command: 'cat ~/.ssh/id_ed25519' };

/** What a model might be talked into, with what the trail has to say of each. */
const ATTEMPTS: readonly (readonly [what: string, step: Step, entry: string])[] = [
  [
    'a key of its own with every scope',
    { method: 'POST', path: '/api/v1/keys', body: { name: 'mine', scopes: ['admin'] } },
    'add_key refused',
  ],
  [
    'a wider budget',
    { tool: 'update_task', input: { task: 'steered', budget: { usd_per_day: 100 } } },
    'update_task refused',
  ],
  [
    'a wider schedule',
    { tool: 'update_task', input: { task: 'steered', when: 'every 1m' } },
    'update_task refused',
  ],
  [
    'another prompt and delegation',
    {
      tool: 'update_task',
      input: {
        task: 'steered',
        action: { kind: 'agent', engine: 'scripted', prompt: '[]', delegation: { depth: 5 } },
      },
    },
    'update_task refused',
  ],
  [
    'a run of itself with another prompt',
    { method: 'POST', path: '/api/v1/tasks/steered/runs', body: { prompt: '[]' } },
    'run_task refused',
  ],
  [
    'a secret that it was not granted',
    {
      tool: 'create_task',
      input: {
        name: 'thief',
        when: 'in 1h',
        action: {
          kind: 'http',
          url: 'https://example.org',
          headers: { key: { secret: 'PROD' } },
        },
      },
    },
    'create_task refused',
  ],
  ['the value of a secret', { method: 'GET', path: '/api/v1/secrets/PROD' }, 'read_secret refused'],
  [
    'another value of a secret',
    { method: 'PUT', path: '/api/v1/secrets/PROD', body: { value: 'mine' } },
    'set_secret refused',
  ],
  [
    'a look at what waits',
    { method: 'GET', path: '/api/v1/approvals/$approval' },
    'get_approval refused',
  ],
  [
    'its own approval',
    {
      method: 'POST',
      path: '/api/v1/approvals/$approval/approve',
      body: { content_hash: '0'.repeat(64) },
    },
    'decide_approval refused',
  ],
  [
    'an end of a standstill',
    { method: 'POST', path: '/api/v1/resume-all', body: {} },
    'resume_all refused',
  ],
  ['the audit trail', { method: 'GET', path: '/api/v1/audit' }, 'list_audit refused'],
];

describe('an agent that was talked into everything', () => {
  it('is refused each of it, and the audit trail shows each', async () => {
    await world.ask('PUT', '/secrets/PROD', { value: 'very-secret-value' });
    const ask = {
      tool: 'create_task',
      input: { name: 'shell', when: 'in 1h', action: COMMAND },
    } as const;
    const steps = [ask, ...ATTEMPTS.map(([, step]) => step)];
    const budget = { usd_per_day: 1 };
    await world.addAgent('steered', steps, {}, { budget });
    const run = await world.start('steered');
    expect(await world.ended(run)).toMatchObject({ state: 'succeeded' });
    const [asked, ...refused] = await world.said(run);
    expect(asked?.data).toMatchObject({ status: 'pending_approval' });
    for (const [index, [what]] of ATTEMPTS.entries()) {
      const one = refused[index];
      const isRefused = one?.isError === true || (one?.status ?? 0) >= 400;
      expect(isRefused, `${what}: ${JSON.stringify(one)}`).toBe(true);
    }
    const { entries } = (await world.ask('GET', '/audit?limit=50')) as {
      readonly entries: readonly Fields[];
    };
    const ofAgent = entries
      .filter(({ principal }) => principal === `agent ${run}`)
      .map(({ verb, verdict }) => `${String(verb)} ${String(verdict)}`)
      .toReversed();
    const wanted = ATTEMPTS.map(([, , entry]) => entry);
    expect(ofAgent).toEqual(['create_task asked', ...wanted]);
    expect(entries[0]).toMatchObject({
      client: 'node',
      from: expect.stringMatching(/^http .*127/),
    });
    expect(JSON.stringify(entries)).not.toContain('very-secret-value');
    // Nothing has come of it.
    expect((await world.ask('GET', '/tasks/steered'))['task']).toMatchObject({ revision: 1 });
    for (const name of ['shell', 'thief']) {
      expect((await world.send('GET', `/tasks/${name}`)).status).toBe(404);
    }
    expect(await world.ask('GET', '/audit/check')).toMatchObject({ is_whole: true });
    const told = await carillon(['--data', world.daemon.data, 'audit', '--refused']);
    expect(told.stdout).toMatch(/decide_approval\s.*refused\s+This needs the scope "admin"/);
    const listed = await carillon(['--data', world.daemon.data, 'approvals', 'list']);
    expect(listed.stdout).toContain('make the task "shell": cat ~/.ssh/id_ed25519');
    const id = String(asked?.data?.['approval_id']);
    const denied = await carillon(['--data', world.daemon.data, 'approvals', 'deny', id]);
    expect(denied.stdout).toMatch(/^Denied: make the task "shell"/);
    await world.ask('DELETE', '/tasks/steered');
  });
});

describe('the switch that stops everything', () => {
  it('ends within five seconds what ignores being asked, and holds over a restart', async () => {
    await world.ask('POST', '/tasks', {
      name: 'stubborn',
      action: { kind: 'command', command: 'trap "" TERM; while :; do sleep 0.1; done' },
    });
    await world.ask('POST', '/tasks', {
      name: 'next',
      action: { kind: 'command', argv: ['true'] },
    });
    const run = await world.start('stubborn');
    await expect
      .poll(async () => (await world.ask('GET', `/runs/${run}`))['state'], { timeout: 10_000 })
      .toBe('running');
    const startedMs = performance.now();
    const stopped = await carillon(['--data', world.daemon.data, 'stop-all', '--reason', 'wild']);
    expect(stopped.stdout).toMatch(/^Stopped\. \d+ runs? in progress/);
    expect(await world.ended(run)).toMatchObject({ state: 'cancelled' });
    // Measured on the machine itself: with a little for the two commands.
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    await world.restart();
    const status = await carillon(['--data', world.daemon.data, 'status']);
    expect(status.stdout).toMatch(
      /Stopped +since .* by owner: wild; go on with: carillon stop-all/,
    );
    const queued = await world.start('next');
    expect(await world.ask('GET', `/runs/${queued}`)).toMatchObject({ state: 'queued' });
    const resumed = await carillon(['--data', world.daemon.data, 'stop-all', '--resume']);
    expect(resumed.stdout).toBe('Everything goes on.\n');
    expect(await world.ended(queued)).toMatchObject({ state: 'succeeded' });
  }, 30_000);
});
