import { Refusal } from './refusal.ts';
import type { RunId } from './id.ts';

export const SCOPES = ['tasks:read', 'tasks:write', 'tasks:run', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is asking. Every service call takes one. */
export type Principal = {
  readonly kind:
    /** The local pipe and the local token. */
    | 'owner'
    /** Somebody who has signed in with a browser. */
    | 'person'
    | 'api_key'
    /** A program with a short-lived token that it got for its key. */
    | 'machine'
    /** A program that a person has let in by OAuth: a remote assistant. */
    | 'remote_client'
    | 'agent_run';
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** The program that speaks for it, as it named itself: `claude-code 2.1`, `carillon-cli`. */
  readonly client: string | undefined;
  /** The run that asks, when an agent run schedules something itself. */
  readonly parentRunId: RunId | undefined;
  /** The tasks it sees: its own namespace, or every one. */
  readonly namespace: Namespace | 'all';
  /** The door it came by, and the address behind it, for the audit trail. */
  readonly from?: string;
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
    scopes: SCOPES,
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
  throw new ScopeRefusal(principal, scope);
}

/** A request that somebody with more scopes could make. */
export class ScopeRefusal extends Refusal {
  /** What a token needs that may do this and everything that the present one may. */
  readonly scopes: readonly Scope[];

  constructor(principal: Principal, missing: Scope) {
    super('forbidden', `This needs the scope "${missing}". Ask for a token that has it.`);
    this.scopes = SCOPES.filter((scope) => scope === missing || principal.scopes.includes(scope));
  }
}

/** The scopes in a text that separates them by spaces, as OAuth does; what is none is left out. */
export function scopesIn(text: string): readonly Scope[] {
  const named = text.split(' ');
  return SCOPES.filter((scope) => named.includes(scope));
}

/** Who it was, through what, and in which run, in one line. */
export function sayOrigin({ principal, client, parentRunId }: Origin): string {
  return [principal, client, parentRunId].filter((part) => part !== undefined).join(' · ');
}
