import type { Json } from '../domain/json.ts';
import type { ApprovalVerb } from '../domain/policy/approval.ts';
import { decideAct, USUAL_POLICY, type Act } from '../domain/policy/policy.ts';
import { requireScope, type Principal, type Scope } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { askForApproval } from './approvals.ts';
import { recordAct } from './audit-trail.ts';
import type { ServicePorts } from './services.ts';

const HOUR_MS = 60 * 60_000;

/** How much one principal may make, unless it acts for the owner or is a person. */
export type Quotas = { readonly tasks: number; readonly runsPerHour: number };
const USUAL_QUOTAS: Quotas = { tasks: 1_000, runsPerHour: 120 };

/** Something that somebody wants to do. */
export type GuardedAct<Result> = {
  readonly act: Act;
  readonly verb: string;
  /** Wanted first, where the policy would otherwise answer in place of the verb. */
  readonly scope?: Scope;
  /** Id or name, as it was given. */
  readonly subject: string | undefined;
  /** What was asked for, without secrets. */
  readonly asked: Json;
  /** What the act is about before it is done; absent when there is nothing. */
  readonly before?: () => Promise<Json | undefined>;
  work(): Promise<Result>;
  /** What it has come to. */
  readonly after?: (result: Result) => { readonly subject: string; readonly detail: Json };
  /** How it waits for a person; absent for what never waits. */
  readonly waiting?: {
    readonly verb: ApprovalVerb;
    readonly content: readonly unknown[];
    readonly title: string;
    /** Refuses at once what would be refused afterwards. */
    rehearse(): Promise<unknown>;
  };
};

/**
 * Does the act, lets it wait for a person, or refuses it, as the policy says. What is done, asked and
 * refused goes into the audit trail.
 */
export async function guardAct<Result>(
  ports: ServicePorts,
  principal: Principal,
  guarded: GuardedAct<Result>,
): Promise<Result> {
  const { verb, subject, asked } = guarded;
  try {
    await requireAllowed(ports, principal, guarded);
    const before = await guarded.before?.();
    const result = await guarded.work();
    const after = guarded.after?.(result);
    await recordAct(ports, principal, {
      verb,
      subject: after?.subject ?? subject,
      verdict: 'done',
      detail: { asked, ...(before === undefined ? {} : { before }), after: after?.detail ?? null },
    });
    return result;
  } catch (error) {
    const refusal = error instanceof Refusal ? error : undefined;
    if (refusal?.code === 'forbidden') {
      const { message } = refusal;
      const verdict = 'approval' in refusal ? 'asked' : 'refused';
      await recordAct(ports, principal, { verb, subject, verdict, detail: { asked, message } });
    }
    throw error;
  }
}

async function requireAllowed<Result>(
  ports: ServicePorts,
  principal: Principal,
  { act, verb, scope, waiting }: GuardedAct<Result>,
): Promise<void> {
  if (scope !== undefined) requireScope(principal, scope);
  const { policy = USUAL_POLICY, isReadOnly = false } = ports;
  const decision = decideAct(policy, principal.kind, act, isReadOnly);
  if (decision === 'deny' || (decision === 'ask' && waiting === undefined)) {
    throw new Refusal(
      'forbidden',
      isReadOnly
        ? 'The daemon is set to be read only, so nothing can be changed.'
        : `The policy does not let a principal of the kind ${principal.kind} do this (${act}).`,
      'Ask the person to do it.',
    );
  }
  await requireWithinQuota(ports, principal, verb);
  if (decision === 'allow' || waiting === undefined) return;
  await waiting.rehearse();
  throw await askForApproval(ports, principal, {
    verb: waiting.verb,
    act,
    // What is absent is left out by JSON.
    content: JSON.parse(JSON.stringify(waiting.content)) as readonly Json[],
    title: waiting.title,
  });
}

async function requireWithinQuota(
  { store, clock, quotas = USUAL_QUOTAS }: ServicePorts,
  { kind, id }: Principal,
  verb: string,
): Promise<void> {
  if (kind === 'owner' || kind === 'person') return;
  if (verb === 'create_task' && (await store.countTasksOf(id)) >= quotas.tasks) {
    throw new Refusal(
      'forbidden',
      `You have ${quotas.tasks} tasks that have not ended, which is the most that one principal may have.`,
      'Delete those that are no longer needed.',
    );
  }
  if (verb !== 'run_task') return;
  const since = clock.now().subtract({ milliseconds: HOUR_MS });
  if ((await store.audit.countDone(id, verb, since)) < quotas.runsPerHour) return;
  throw new Refusal(
    'forbidden',
    `You have started ${quotas.runsPerHour} runs within an hour, which is the most that one principal may.`,
    'Start fewer, or give the task a schedule.',
  );
}
