import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { EngineReport, McpServerReport } from '../ports/engines.ts';
import { findTask } from './find-task.ts';
import type { ServicePorts, TaskRef } from './services.ts';

export type EngineListing = {
  readonly engines: readonly EngineReport[];
  /** Of the task that was asked about: whether its MCP servers start. */
  readonly mcpServers: readonly McpServerReport[];
};

/**
 * Looks at the engines, with their own version and status commands, and spends nothing.
 *
 * @param task whose engine and MCP servers are looked at; the servers are started for a moment.
 */
export async function listEngines(
  ports: ServicePorts,
  principal: Principal,
  task: TaskRef | undefined,
): Promise<EngineListing> {
  requireScope(principal, 'tasks:read');
  const { engines } = ports;
  if (engines === undefined) throw new Refusal('unavailable', 'This process runs no engines.');
  if (task === undefined) return { engines: await engines.list(), mcpServers: [] };
  requireScope(principal, 'tasks:run');
  const { definition } = await findTask(ports, principal, task);
  const { action } = definition;
  if (action.kind !== 'agent') {
    throw new Refusal(
      'invalid',
      `The task ${JSON.stringify(definition.name)} has no engine: its action is "${action.kind}".`,
    );
  }
  const [report, mcpServers] = await Promise.all([
    engines.find(action.engine),
    engines.tryMcpServers(action.mcpServers, action.cwd),
  ]);
  return { engines: report === undefined ? [] : [report], mcpServers };
}
