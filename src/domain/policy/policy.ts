import type { Principal } from '../principal.ts';

/** What changes something, as the policy tells it apart. */
export const ACTS = [
  'create_reminder',
  'create_action',
  'update_action',
  'update_task',
  'delete_task',
  'undelete_task',
  'pause_task',
  'resume_task',
  'run_task',
  'override_run',
  'cancel_run',
  'answer_run',
  'set_secret',
  'ask_for_secret',
  'grant_secret',
  'revoke_secret',
  'rotate_secrets',
  'remove_secret',
  'export_secrets',
  'import_secrets',
  'add_key',
  'revoke_key',
  'revoke_connection',
  'sign_out_everybody',
  'make_backup',
  'make_sign_in_link',
  'create_webhook',
  'edit_webhook',
  'remove_webhook',
  'rotate_webhook',
  'test_webhook',
  'replay_delivery',
  'test_address',
  'settle_inbox_item',
  'send_test_notice',
  'decide_approval',
  'stop_all',
  'resume_all',
] as const;
export type Act = (typeof ACTS)[number];

export const DECISIONS = ['allow', 'ask', 'deny'] as const;
export type Decision = (typeof DECISIONS)[number];

export type PrincipalKind = Principal['kind'];

/** What becomes of an act, by who asks for it. */
export type Policy = Readonly<Record<PrincipalKind, Readonly<Record<Act, Decision>>>>;

/** Acts that wait for a person: what is asked for can be kept and shown. The others are denied instead. */
const CAN_WAIT: ReadonlySet<Act> = new Set<Act>([
  'create_reminder',
  'create_action',
  'update_action',
  'update_task',
  'delete_task',
  'undelete_task',
  'pause_task',
  'resume_task',
  'run_task',
  'override_run',
  'cancel_run',
  'answer_run',
  'create_webhook',
  'edit_webhook',
  'remove_webhook',
]);

const ALLOWED: Readonly<Record<Act, Decision>> = Object.fromEntries(
  ACTS.map((act) => [act, 'allow']),
) as Record<Act, Decision>;

/** What only people do: a program that signed somebody in could approve in that name. */
const FOR_PEOPLE: readonly Act[] = ['decide_approval', 'make_sign_in_link'];

const PROGRAM: Readonly<Record<Act, Decision>> = {
  ...ALLOWED,
  decide_approval: 'deny',
  make_sign_in_link: 'deny',
};

/** For what a model steers from elsewhere: what it does to the machine is for a person to see first. */
const REMOTE: Readonly<Record<Act, Decision>> = {
  ...PROGRAM,
  create_action: 'ask',
  undelete_task: 'ask',
  update_action: 'ask',
  override_run: 'ask',
  answer_run: 'ask',
  set_secret: 'deny',
  ask_for_secret: 'deny',
  grant_secret: 'deny',
  revoke_secret: 'deny',
  rotate_secrets: 'deny',
  remove_secret: 'deny',
  export_secrets: 'deny',
  import_secrets: 'deny',
  add_key: 'deny',
  revoke_key: 'deny',
  revoke_connection: 'deny',
  sign_out_everybody: 'deny',
  make_backup: 'deny',
  create_webhook: 'ask',
  edit_webhook: 'ask',
  remove_webhook: 'ask',
  rotate_webhook: 'deny',
  test_address: 'deny',
  resume_all: 'deny',
};

/** The local pipe and the local token act for the owner. */
export const USUAL_POLICY: Policy = {
  owner: ALLOWED,
  person: ALLOWED,
  api_key: PROGRAM,
  machine: PROGRAM,
  remote_client: REMOTE,
  agent_run: {
    ...REMOTE,
    undelete_task: 'deny',
    answer_run: 'deny',
    settle_inbox_item: 'deny',
    send_test_notice: 'deny',
    create_webhook: 'deny',
    edit_webhook: 'deny',
    remove_webhook: 'deny',
    test_webhook: 'deny',
    replay_delivery: 'deny',
    stop_all: 'deny',
  },
};

export type PolicyChanges = Readonly<
  Partial<Record<PrincipalKind, Readonly<Partial<Record<Act, Decision>>>>>
>;

/** The usual policy with what a configuration says otherwise. That people decide cannot be changed. */
export function policyWith(changes: PolicyChanges): Policy {
  const kinds = Object.keys(USUAL_POLICY) as readonly PrincipalKind[];
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      {
        ...USUAL_POLICY[kind],
        ...changes[kind],
        ...Object.fromEntries(FOR_PEOPLE.map((act) => [act, USUAL_POLICY[kind][act]])),
      },
    ]),
  ) as Policy;
}

/** @param isReadOnly whether nothing but stopping everything may be done. */
export function decideAct(
  policy: Policy,
  kind: PrincipalKind,
  act: Act,
  isReadOnly: boolean,
): Decision {
  if (isReadOnly && act !== 'stop_all') return 'deny';
  const decision = policy[kind][act];
  return decision === 'ask' && !CAN_WAIT.has(act) ? 'deny' : decision;
}

/** For what a person has approved. */
export const EVERYTHING: Policy = Object.fromEntries(
  Object.keys(USUAL_POLICY).map((kind) => [kind, ALLOWED]),
) as Policy;
