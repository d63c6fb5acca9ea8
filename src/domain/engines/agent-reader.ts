import type { AgentReader, AgentStart } from './agent-report.ts';
import type { EngineDefinition } from './engine-definition.ts';
import { readByRules } from './read-rules.ts';
import { readClaude } from './read-claude.ts';
import { readCodex } from './read-codex.ts';

/** The reader for what an engine prints. */
export function agentReader({ output }: EngineDefinition, start: AgentStart): AgentReader {
  switch (output.kind) {
    case 'claude':
      return readClaude(start);
    case 'codex':
      return readCodex(start);
    case 'text':
    case 'json':
    case 'json_lines':
      return readByRules(output, start);
  }
}
