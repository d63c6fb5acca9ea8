import { z } from 'zod';
import {
  ACTS,
  DECISIONS,
  USUAL_POLICY,
  type PolicyChanges,
  type PrincipalKind,
} from '../domain/policy/policy.ts';
import type { Setting } from './setting.ts';

const KINDS = Object.keys(USUAL_POLICY) as [PrincipalKind, ...PrincipalKind[]];

const policyShape = z.partialRecord(
  z.enum(KINDS),
  z.partialRecord(z.enum(ACTS), z.enum(DECISIONS)),
);

/** What becomes of acts, where it is not the usual. */
export function policy(sentence: string): Setting<PolicyChanges> {
  return {
    sentence,
    bound: 'an object such as {"agent_run": {"create_action": "allow", "run_task": "ask"}}',
    default: {},
    read: (value) => policyShape.safeParse(value).data,
    parse: (text) => {
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
    },
  };
}
