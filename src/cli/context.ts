import type { Command } from 'commander';
import { placesFor, type Machine, type Places } from '../installation/places.ts';
import { thisMachine } from '../installation/this-machine.ts';

/** What every command knows of the way it was called. */
export type Context = {
  readonly machine: Machine;
  readonly places: Places;
  /** Whether a program reads the answer. */
  readonly isJson: boolean;
  /** Whether a daemon may be started when none runs. */
  readonly mayStart: boolean;
  /** Says nothing beside the answer. */
  readonly isQuiet: boolean;
  /** Flags to hand on to a daemon that has to be started. */
  readonly serveArguments: readonly string[];
};

export type GlobalFlags = {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly start?: boolean;
  readonly quiet?: boolean;
};

export function contextOf(flags: GlobalFlags): Context {
  const machine = thisMachine();
  return {
    machine,
    places: placesFor(flags, machine),
    isJson: flags.json ?? false,
    mayStart: flags.start ?? true,
    isQuiet: flags.quiet ?? false,
    serveArguments: flags.config === undefined ? [] : ['--config', flags.config],
  };
}

/** Tells people something that is not the answer. */
export function talk(context: Context, text: string): void {
  if (!context.isQuiet) process.stderr.write(`${text}\n`);
}

/** The answer: as JSON for programs, in words for people. */
export function answer(context: Context, data: unknown, words: () => string): void {
  process.stdout.write(`${context.isJson ? JSON.stringify(data, undefined, 2) : words()}\n`);
}

/** The context of a command, from the flags of the program. */
export function contextFrom(command: Command): Context {
  return contextOf(command.optsWithGlobals<GlobalFlags>());
}
