import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../support/real-daemon.ts';
import type { Step } from './scripted-agent.ts';

const POLL_MS = 30;
const RUN_MS_MAX = 20_000;

export type Fields = Readonly<Record<string, unknown>>;
export type Said = {
  readonly isError?: boolean;
  readonly data?: Fields;
  readonly text?: string;
  readonly status?: number;
  readonly said?: unknown;
};

/** A real daemon with an engine that does what its prompt says. */
export type AgentWorld = {
  readonly folder: string;
  daemon: RealDaemon;
  /** Of a refusal too. */
  send(method: string, path: string, body?: unknown): Promise<{ status: number; body: Fields }>;
  /** Refused is wrong. */
  ask(method: string, path: string, body?: unknown): Promise<Fields>;
  addAgent(name: string, steps: readonly Step[], action?: Fields, task?: Fields): Promise<Fields>;
  start(task: string): Promise<string>;
  ended(run: string): Promise<Fields>;
  /** What the agent told of each of its steps. */
  said(run: string): Promise<readonly Said[]>;
  /** Another daemon for the same data at the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export async function openAgentWorld(
  environment: Readonly<Record<string, string>> = {},
): Promise<AgentWorld> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'work'));
  const engine = {
    program: process.execPath,
    argv: [
      resolve(import.meta.dirname, 'scripted-agent.ts'),
      { when: 'mcp_file', argv: ['--mcp={mcp_file}'] },
    ],
    prompt: 'stdin',
    output: 'text',
  };
  const engines = JSON.stringify({ scripted: engine });
  const daemon = await startDaemon(join(folder, 'data'), {
    CARILLON_ENGINES: engines,
    ...environment,
  });
  const world: AgentWorld = {
    folder,
    daemon,
    send: async (method, path, body) => {
      const response = await fetch(`${world.daemon.origin}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${world.daemon.token}`,
          'content-type': 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Fields };
    },
    ask: async (method, path, body) => {
      const answer = await world.send(method, path, body);
      if (answer.status < 300) return answer.body;
      throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    },
    addAgent: (name, steps, action = {}, task = {}) =>
      world.ask('POST', '/tasks', {
        name,
        action: {
          kind: 'agent',
          engine: 'scripted',
          prompt: JSON.stringify(steps),
          cwd: join(folder, 'work'),
          delegation: true,
          ...action,
        },
        ...task,
      }),
    start: async (task) => String((await world.ask('POST', `/tasks/${task}/runs`, {}))['id']),
    ended: async (run) => {
      const giveUpAt = performance.now() + RUN_MS_MAX;
      for (;;) {
        const seen = await world.ask('GET', `/runs/${run}`);
        if (seen['is_final'] === true) return seen;
        if (performance.now() > giveUpAt) throw new Error(JSON.stringify(seen));
        await sleep(POLL_MS);
      }
    },
    said: async (run) => {
      const { text } = await world.ask('GET', `/runs/${run}/output`);
      return String(text)
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Said);
    },
    restart: async () => {
      await world.daemon.kill('SIGKILL');
      const { port } = new URL(world.daemon.origin);
      const settings = { CARILLON_ENGINES: engines, ...environment };
      world.daemon = await startDaemon(world.daemon.data, settings, ['--port', port]);
    },
    close: async () => {
      await world.daemon.kill('SIGKILL');
      removeFolder(folder);
    },
  };
  return world;
}
