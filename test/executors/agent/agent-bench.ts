import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AgentAction } from '../../../src/domain/action.ts';
import { parseEngines } from '../../../src/domain/engines/parse-engines.ts';
import type { RunId } from '../../../src/domain/id.ts';
import type { Answer, Outcome } from '../../../src/domain/outcome.ts';
import { agentExecutor } from '../../../src/executors/agent/agent-executor.ts';
import { commandExecutor } from '../../../src/executors/command/command-executor.ts';
import { openOutputStore } from '../../../src/output/open-output-store.ts';
import type { Execution, Observation, Sink, StopReason } from '../../../src/ports/executor.ts';
import type { OwnServer } from '../../../src/ports/own-server.ts';
import {
  commandAction,
  executionOf,
  newRunId,
  realClock,
  silentLog,
  sinkTo,
} from '../command/real-runs.ts';

export type AgentRun = {
  readonly id: RunId;
  readonly outcome: Promise<Outcome>;
  readonly observations: readonly Observation[];
  readonly execution: Execution<AgentAction>;
  stop(reason: StopReason): void;
};

export type AgentBench = {
  readonly folder: string;
  /** Where programs lie that engines are looked for in first. */
  readonly bin: string;
  /** Files for engines lie here while they run. */
  readonly files: string;
  /** Writes a program of the shell. */
  program(name: string, body: string): void;
  start(action: Partial<AgentAction>, options?: RunOptions): AgentRun;
  run(action: Partial<AgentAction>, options?: RunOptions): Promise<Outcome>;
  /** As after a restart of the daemon. */
  recover(run: AgentRun): Promise<Outcome | undefined>;
  text(id: RunId): Promise<string>;
  /** Lets go of what runs, as a daemon that closes does. */
  letGo(): Promise<void>;
  dispose(): Promise<void>;
};

export type RunOptions = {
  readonly grants?: ReadonlyMap<string, string>;
  readonly previous?: Answer;
  readonly usd?: number;
  readonly ownServer?: OwnServer;
  readonly id?: RunId;
};

export function openAgentBench(
  environment: Readonly<Record<string, string>> = {},
  engines: unknown = {},
  acceptsBypass = false,
): AgentBench {
  const folder = mkdtempSync(path.join(tmpdir(), 'carillon-agent-'));
  const bin = path.join(folder, 'bin');
  const files = path.join(folder, 'files');
  mkdirSync(bin);
  const output = openOutputStore({ folder: path.join(folder, 'output') });
  const variables = { PATH: `${bin}:/usr/bin:/bin`, ...environment };
  const open: ReturnType<typeof commandExecutor>[] = [];
  const newExecutor = () => {
    const commands = commandExecutor({
      folder: path.join(folder, 'spool'),
      home: folder,
      environment: variables,
      clock: realClock,
      log: silentLog,
      killAfterMs: 300,
    });
    open.push(commands);
    return agentExecutor({
      commands,
      engines: parseEngines(engines),
      folder: files,
      environment: variables,
      acceptsBypass,
      zone: 'UTC',
      clock: realClock,
    });
  };
  const executor = newExecutor();
  const start = (action: Partial<AgentAction>, options: RunOptions = {}): AgentRun => {
    const { previous, usd, ownServer } = options;
    const base = executionOf(commandAction({}), options.id ?? newRunId(), options.grants);
    const execution: Execution<AgentAction> = {
      ...base,
      action: { ...PLAIN, ...action },
      ...(previous === undefined ? {} : { previous }),
      ...(ownServer === undefined ? {} : { ownServer }),
      ...(usd === undefined ? {} : { caps: { usd, tokens: undefined } }),
    };
    const writer = output.open(execution.run.id, 1);
    const controller = new AbortController();
    const observations: Observation[] = [];
    const sink = watched(sinkTo(writer), observations);
    const outcome = executor
      .execute(execution, sink, controller.signal)
      .finally(() => writer.close());
    return {
      id: execution.run.id,
      outcome,
      observations,
      execution,
      stop: (reason) => controller.abort(reason),
    };
  };
  return {
    folder,
    bin,
    files,
    start,
    run: (action, options) => start(action, options).outcome,
    program(name, body) {
      const file = path.join(bin, name);
      writeFileSync(file, `#!/bin/sh\n${body}\n`);
      chmodSync(file, 0o755);
    },
    async recover(run) {
      const writer = output.open(run.id, 1);
      const signal = new AbortController().signal;
      const outcome = await newExecutor().recover?.(run.execution, sinkTo(writer), signal);
      writer.close();
      return outcome;
    },
    text: async (id) =>
      (await output.read(id, 1, { offset: 0, bytesMax: 262_144, stream: 'all' })).text,
    async letGo() {
      for (const one of open) await one.close();
    },
    async dispose() {
      for (const one of open) await one.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function watched(sink: Sink, observations: Observation[]): Sink {
  return {
    ...sink,
    get isHeadFull() {
      return sink.isHeadFull;
    },
    get bytes() {
      return sink.bytes;
    },
    get isCut() {
      return sink.isCut;
    },
    observe: (observation) => observations.push(observation),
  };
}

const PLAIN: AgentAction = {
  kind: 'agent',
  engine: 'claude',
  prompt: 'Say hello.',
  cwd: undefined,
  model: undefined,
  fallbackModel: undefined,
  allowedTools: [],
  deniedTools: [],
  mcpServers: {},
  permissionMode: undefined,
  flags: [],
  systemText: undefined,
  answerSchema: undefined,
  session: { mode: 'fresh', tokensMax: undefined },
  env: {},
};
