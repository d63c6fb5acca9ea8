import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { agentReader } from '../../../src/domain/engines/agent-reader.ts';
import type { AgentReport, AgentStart, Told } from '../../../src/domain/engines/agent-report.ts';
import { BUILT_IN_ENGINES } from '../../../src/domain/engines/built-in-engines.ts';
import type { EngineDefinition } from '../../../src/domain/engines/engine-definition.ts';

const FOLDER = resolve(import.meta.dirname, '../../fixtures/transcripts');

/** What a real command line printed in a run against a stand-in for the model. */
export function transcript(name: string): string {
  return readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8');
}

export function builtIn(name: string): EngineDefinition {
  const engine = BUILT_IN_ENGINES.find((one) => one.name === name);
  if (engine === undefined) throw new Error(`there is no engine ${name}`);
  return engine;
}

export const NOTHING_KNOWN: AgentStart = {
  model: undefined,
  session: undefined,
  baseline: undefined,
};

export function readAll(
  engine: EngineDefinition,
  text: string,
  start: AgentStart = NOTHING_KNOWN,
): { readonly told: readonly Told[]; readonly report: AgentReport } {
  const reader = agentReader(engine, start);
  const told = text.split('\n').flatMap((line) => reader.line(line));
  return { told: [...told, ...reader.end()], report: reader.report() };
}
