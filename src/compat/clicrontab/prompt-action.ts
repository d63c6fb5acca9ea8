import { plainAgent, type Action, type CommandAction } from '../../domain/action.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Task } from '../../domain/task.ts';
import type { PromptEngine } from './settings.ts';
import { fillPrompt } from './split-command.ts';

/** What the profile keeps beside a task: what its action and its name cannot say. */
export type TaskExt = {
  /** The prompt that a command was made of. */
  readonly prompt?: string;
  /** Whether nobody gave the task a name. */
  readonly is_unnamed?: boolean;
};

/** What a run does with a prompt, and what is kept beside it. */
export function promptAction(
  engine: PromptEngine,
  prompt: string,
  cwd: string | undefined,
): { readonly action: Action; readonly ext: TaskExt } {
  if (engine.kind === 'agent') return { action: plainAgent(engine.name, prompt, cwd), ext: {} };
  const argv = fillPrompt(engine.argv, prompt);
  return { action: commandOf({ kind: 'argv', argv }, cwd), ext: { prompt } };
}

/** Text for the shell, as the older system's REST clients write it. */
export function shellAction(command: string, cwd: string | undefined): CommandAction {
  return commandOf({ kind: 'shell', text: command }, cwd);
}

/** The prompt of a task; its command when it was made without one. */
export function promptOf(task: Task): string {
  const ext: TaskExt = task.ext;
  const { action } = task.definition;
  if (action.kind === 'agent' || action.kind === 'model') return action.prompt;
  return ext.prompt ?? commandTextOf(action);
}

/** The command of a task as one would type it. */
export function commandTextOf(action: Action): string {
  switch (action.kind) {
    case 'command':
      return action.program.kind === 'shell'
        ? action.program.text
        : action.program.argv.map(quoted).join(' ');
    case 'agent':
      return `${action.engine} -p ${quoted(action.prompt)}`;
    case 'model':
      return `${action.model} ${quoted(action.prompt)}`;
    case 'http':
      return `${action.method} ${action.url}`;
    case 'message':
      return `${action.method} ${action.endpoint}`;
    case 'reminder':
      return action.title;
  }
}

export function cwdOf(action: Action): string | undefined {
  return action.kind === 'command' || action.kind === 'agent' ? action.cwd : undefined;
}

/** The same work in another folder. */
export function inFolder(action: Action, cwd: string | undefined): Action {
  return action.kind === 'command' || action.kind === 'agent' ? { ...action, cwd } : action;
}

export function extOf(ext: TaskExt): JsonObject {
  return ext;
}

function commandOf(program: CommandAction['program'], cwd: string | undefined): CommandAction {
  return { kind: 'command', program, cwd, env: {}, stdin: undefined };
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
