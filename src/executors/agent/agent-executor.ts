import type { AgentAction, CommandAction } from '../../domain/action.ts';
import { agentReader } from '../../domain/engines/agent-reader.ts';
import type { AgentReader } from '../../domain/engines/agent-report.ts';
import { problemWithAgent } from '../../domain/engines/check-engine.ts';
import { takes } from '../../domain/engines/engine-argv.ts';
import type { EngineDefinition } from '../../domain/engines/engine-definition.ts';
import { judgeAgent } from '../../domain/engines/judge-agent.ts';
import { chooseSession, type SessionChoice } from '../../domain/engines/session-choice.ts';
import { engineVariables, keysAmong } from '../../domain/engines/engine-variables.ts';
import { maskOutcome } from '../../domain/masking/mask-outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { VERDICT_SCHEMA, withVerdictInstruction } from '../../domain/success/verdict.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Execution, Executor, Sink } from '../../ports/executor.ts';
import { notStarted } from '../command/judge-exit.ts';
import { agentCommand } from './agent-command.ts';
import { prepareRunFolder, runFiles, type RunFiles, type RunNote } from './run-files.ts';
import { translatingSink } from './translating-sink.ts';

export type AgentExecutorOptions = {
  /** Carries out what an agent action comes to. */
  readonly commands: Executor<CommandAction>;
  readonly engines: ReadonlyMap<string, EngineDefinition>;
  /** Where files for engines lie while they run; one daemon at a time. */
  readonly folder: string;
  /** The environment of the daemon, of which an engine gets what it names. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether tasks may lift the limits of an agent. */
  readonly acceptsBypass: boolean;
  /** IANA zone in which engines mean times that name none. */
  readonly zone: string;
  readonly clock: Clock;
};

/**
 * Runs agent command lines: it turns the action into a command by the engine's table, and what the
 * command prints into a transcript, figures and an answer. The command machinery does the rest, so
 * that a run outlives the daemon and is followed again by the next one.
 */
export function agentExecutor(options: AgentExecutorOptions): Executor<AgentAction> {
  prepareRunFolder(options.folder, options.clock.now());
  return {
    kind: 'agent',
    ownKeys: (action) => ownKeys(options, action),
    execute: (execution, sink, signal) => executeAgent(options, execution, sink, signal),
    recover: (execution, sink, signal) => recoverAgent(options, execution, sink, signal),
  };
}

function ownKeys({ engines, environment }: AgentExecutorOptions, action: AgentAction) {
  const engine = engines.get(action.engine);
  return engine === undefined ? [] : keysAmong(engineVariables(engine, environment));
}

async function executeAgent(
  options: AgentExecutorOptions,
  execution: Execution<AgentAction>,
  sink: Sink,
  signal: AbortSignal,
): Promise<Outcome> {
  const { action, run } = execution;
  const engine = options.engines.get(action.engine);
  if (engine === undefined) return notStarted('bad_action', unknownEngine(options), false);
  const problem = problemWithAgent(engine, action, options.acceptsBypass);
  if (problem !== undefined) return notStarted('bad_action', problem, false);
  const wanted = withVerdict(execution, engine);
  const choice = chosenSession(execution, engine, wanted.isInstructed);
  const files = runFiles(options.folder, run.id, execution.attempt);
  const note = {
    session: choice.session,
    baseline: engine.countsWholeSession ? choice.baseline : undefined,
  };
  const parts = {
    engine,
    action: wanted.action,
    choice,
    budgetUsd: execution.caps?.usd,
    ownServer: execution.ownServer,
    environment: options.environment,
    files,
  };
  const command = writtenDown(() => {
    files.note(note);
    return agentCommand(parts);
  });
  if (command === undefined || command.kind === 'refused') {
    files.remove();
    return command === undefined
      ? notStarted('internal', NO_FILES, true)
      : notStarted('bad_action', command.message, false);
  }
  const started = await follow(options, execution, engine, files, note, sink, (translated) =>
    options.commands.execute(
      { ...passedOn(execution, engine), action: command.action },
      translated,
      signal,
    ),
  );
  // Executing always ends with an outcome.
  return started ?? notStarted('internal', `${engine.name} could not be started.`, true);
}

/** What an engine reads in a file is not put into its environment too. */
function passedOn(
  execution: Execution<AgentAction>,
  engine: EngineDefinition,
): Omit<Execution, 'action'> {
  if (!takes(engine, 'mcp_file')) return execution;
  const { ownServer: _, ...rest } = execution;
  return rest;
}

/** Engines that hold an answer to a schema are asked for the verdict by it, the others in the prompt. */
function withVerdict(
  { action, wantsVerdict = false }: Execution<AgentAction>,
  engine: EngineDefinition,
): { readonly action: AgentAction; readonly isInstructed: boolean } {
  // A schema of the task's own has a place for the verdict.
  if (!wantsVerdict || action.answerSchema !== undefined) return { action, isInstructed: false };
  return takes(engine, 'answer_schema') || takes(engine, 'answer_schema_file')
    ? { action: { ...action, answerSchema: VERDICT_SCHEMA }, isInstructed: false }
    : { action, isInstructed: true };
}

function chosenSession(
  { action, run, previous, turns = [] }: Execution<AgentAction>,
  engine: EngineDefinition,
  isInstructed: boolean,
): SessionChoice {
  const mark = run.id.slice(run.id.indexOf('_') + 1);
  const keepsSessions = takes(engine, 'session');
  const choice = chooseSession(action, previous, mark, { turns, keepsSessions });
  return isInstructed ? { ...choice, prompt: withVerdictInstruction(choice.prompt) } : choice;
}

const NO_FILES =
  'The files for the engine could not be written. Make room on the disk, and look at the permissions of the data folder.';

/** What `write` answers; `undefined` when the disk does not take what it writes. */
function writtenDown<Result>(write: () => Result): Result | undefined {
  try {
    return write();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

async function recoverAgent(
  options: AgentExecutorOptions,
  execution: Execution<AgentAction>,
  sink: Sink,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const recover = options.commands.recover?.bind(options.commands);
  const engine = options.engines.get(execution.action.engine);
  if (recover === undefined || engine === undefined) return undefined;
  const files = runFiles(options.folder, execution.run.id, execution.attempt);
  return follow(options, execution, engine, files, files.readNote(), sink, (translated) =>
    recover({ ...execution, action: NOTHING }, translated, signal),
  );
}

/** What runs already is found by its attempt: the command is not read again. */
const NOTHING: CommandAction = {
  kind: 'command',
  program: { kind: 'argv', argv: ['true'] },
  cwd: undefined,
  env: {},
  stdin: undefined,
};

/** When the daemon closes, `carry` stays open, and the files stay for the next one. */
async function follow(
  options: AgentExecutorOptions,
  execution: Execution<AgentAction>,
  engine: EngineDefinition,
  files: RunFiles,
  note: RunNote,
  sink: Sink,
  carry: (sink: Sink) => Promise<Outcome | undefined>,
): Promise<Outcome | undefined> {
  const { action } = execution;
  const newReader = (): AgentReader => agentReader(engine, { model: action.model, ...note });
  // Without it a run is only worse off when the daemon dies.
  const translated = translatingSink(sink, newReader, (session) => {
    writtenDown(() => files.note({ ...note, session }));
  });
  try {
    const outcome = await carry(translated);
    translated.end();
    if (outcome === undefined) return undefined;
    const judged = judgeAgent({
      process: outcome,
      report: translated.reader.report(),
      engine: engine.name,
      resumed: note.session,
      wantsData: action.answerSchema !== undefined,
      now: options.clock.now(),
      zone: options.zone,
    });
    const { ownServer } = execution;
    const token = ownServer === undefined ? [] : [ownServer.token];
    return maskOutcome(judged, [...execution.grants.values(), ...token]);
  } finally {
    files.remove();
  }
}

function unknownEngine({ engines }: AgentExecutorOptions): string {
  const names = [...engines.keys()].join(', ');
  return `This daemon has no engine of that name. It has: ${names}. Others can be put into its configuration.`;
}
