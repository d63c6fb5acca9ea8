import { Refusal } from './refusal.ts';
import type { RunId } from './id.ts';

export type Scope = 'tasks:read' | 'tasks:write' | 'tasks:run' | 'admin';

/** Who is asking. Every service call takes one. */
export type Principal = {
  readonly kind: 'owner' | 'person' | 'api_key' | 'machine' | 'agent_run';
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** The program that speaks for it, as it named itself: `claude-code 2.1`, `carillon-cli`. */
  readonly client: string | undefined;
  /** The run that asks, when an agent run schedules something itself. */
  readonly parentRunId: RunId | undefined;
  /** The tasks it sees: its own namespace, or every one. */
  readonly namespace: Namespace | 'all';
};

/** `native` is Carillon's own; each compatibility profile has its own beside it. */
export type Namespace = 'native' | (string & {});

/** Where a task or a run came from; kept for good. */
export type Origin = {
  readonly principal: string;
  readonly client: string | undefined;
  readonly parentRunId: RunId | undefined;
};

/** The one person of an embedded daemon: the local pipe and the local token act for it. */
export function owner(client: string | undefined, namespace: Namespace | 'all' = 'all'): Principal {
  return {
    kind: 'owner',
    id: 'owner',
    scopes: ['tasks:read', 'tasks:write', 'tasks:run', 'admin'],
    client,
    parentRunId: undefined,
    namespace,
  };
}

export function originOf(principal: Principal): Origin {
  return {
    principal: principal.id,
    client: principal.client,
    parentRunId: principal.parentRunId,
  };
}

/** The namespace in which a principal's new tasks are made. */
export function homeNamespace(principal: Principal): Namespace {
  return principal.namespace === 'all' ? 'native' : principal.namespace;
}

export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.includes(scope) || principal.scopes.includes('admin')) return;
  throw new Refusal('forbidden', `This needs the scope "${scope}". Ask for a token that has it.`);
}
