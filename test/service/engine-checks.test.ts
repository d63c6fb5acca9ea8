import { expect, it } from 'vitest';
import type { AgentAction } from '../../src/domain/action.ts';
import { owner } from '../../src/domain/principal.ts';
import type { EngineReport, Engines } from '../../src/ports/engines.ts';
import { openBench } from './bench.ts';

const AGENT: AgentAction = {
  kind: 'agent',
  engine: 'claude',
  prompt: 'Say hello.',
  cwd: undefined,
  model: undefined,
  fallbackModel: undefined,
  allowedTools: [],
  deniedTools: [],
  mcpServers: { notes: { command: 'notes' } },
  permissionMode: undefined,
  flags: [],
  systemText: undefined,
  answerSchema: undefined,
  session: { mode: 'fresh', tokensMax: undefined },
  env: {},
};

function engines(report: Partial<EngineReport>, problem?: string): Engines {
  const claude: EngineReport = {
    name: 'claude',
    program: 'claude',
    path: '/usr/bin/claude',
    version: '2.1.329',
    login: 'yes',
    metering: 'live',
    isTested: true,
    ...report,
  };
  return {
    problemWith: () => problem,
    list: () => Promise.resolve([claude]),
    find: () => Promise.resolve(claude),
    tryMcpServers: (servers) =>
      Promise.resolve(
        Object.keys(servers).map((name) => ({ name, state: 'starts' as const, note: undefined })),
      ),
  };
}

it('refuses a task that its engine cannot carry out, made or changed', async () => {
  const bench = await openBench(undefined, { engines: engines({}, 'It cannot be.') });
  const draft = { name: 'it', action: AGENT };
  await expect(bench.services.createTask(draft)).rejects.toThrow('It cannot be.');
  const fine = await openBench(undefined, { engines: engines({}) });
  await fine.services.createTask(draft);
});

it.each([
  [{ path: undefined }, 'was not found'],
  [{ login: 'no' as const }, 'nobody is logged in'],
  [{ isTested: false }, 'is untested'],
])('warns of an engine that may not do: %j', async (report, words) => {
  const bench = await openBench(undefined, { engines: engines(report) });
  const { warnings } = await bench.services.createTask({ name: 'it', action: AGENT });
  expect(warnings.join(' ')).toContain(words);
});

it('says nothing of an engine that is fine', async () => {
  const bench = await openBench(undefined, { engines: engines({}) });
  const { warnings } = await bench.services.createTask({ name: 'it', action: AGENT });
  expect(warnings).toEqual([]);
});

it('lists engines, and with a task also its MCP servers for those who may run it', async () => {
  const bench = await openBench(undefined, { engines: engines({}) });
  await bench.services.createTask({ name: 'it', action: AGENT });
  expect((await bench.services.listEngines()).mcpServers).toEqual([]);
  expect((await bench.services.listEngines('it')).mcpServers).toEqual([
    { name: 'notes', state: 'starts', note: undefined },
  ]);
  const reader = bench.as({ ...owner('test'), scopes: ['tasks:read'] });
  await expect(reader.listEngines('it')).rejects.toThrow();
});
