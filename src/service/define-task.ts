import type { Action } from '../domain/action.ts';
import { defaultPolicies, type Policies } from '../domain/policies.ts';
import type { Namespace } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { parseWhen, type WhenInput } from '../domain/schedule/parse-when.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';
import { zoneNamed } from '../domain/schedule/zone.ts';
import type { TaskDefinition } from '../domain/task.ts';
import { checkAction } from './check-action.ts';
import { policiesWith } from './check-policies.ts';
import { requireFit } from './check-success.ts';
import { checkDescription, checkName, checkTags } from './check-text.ts';
import type { PoliciesDraft, ServiceSettings, TaskDraft } from './services.ts';

/** The definition that a draft describes. Refuses what cannot be carried out. */
export function defineTask(
  draft: TaskDraft,
  settings: ServiceSettings,
  namespace: Namespace,
  now: Temporal.Instant,
): TaskDefinition {
  const action = checkAction(draft.action, settings.home, namespace);
  return {
    name: checkName(draft.name),
    description: checkDescription(draft.description),
    schedule:
      draft.when === undefined
        ? (draft.schedule ?? noSchedule(draft))
        : readWhen(draft.when, draft, settings, now),
    action,
    policies: policiesFor(
      action,
      defaultPolicies(action.kind),
      draft.policies ?? {},
      settings.home,
    ),
    tags: checkTags(draft.tags ?? []),
  };
}

/** The policies of a draft or an edit. Refuses those that the action cannot meet. */
export function policiesFor(
  action: Action,
  base: Policies,
  draft: PoliciesDraft,
  home: string,
): Policies {
  const policies = policiesWith(base, draft, home);
  requireFit(action, policies);
  return policies;
}

/** The schedule that the author wrote, in its zone or the daemon's own. */
export function readWhen(
  when: WhenInput,
  written: Pick<TaskDraft, 'whenOptions' | 'zone'>,
  settings: ServiceSettings,
  now: Temporal.Instant,
): Schedule {
  const zone = zoneNamed(written.zone ?? settings.zone);
  return parseWhen(when, written.whenOptions ?? {}, {
    zone,
    now,
    intervalMsMin: settings.intervalMsMin,
  });
}

function noSchedule(draft: TaskDraft): undefined {
  if (Object.values(draft.whenOptions ?? {}).every((value) => value === undefined))
    return undefined;
  throw new Refusal(
    'invalid',
    'There are options for a schedule and no schedule. Say when the task is to run, or leave the options out.',
  );
}
