import { describe } from 'vitest';
import { describeAccess } from './store/conformance/access.ts';
import { describeChains } from './store/conformance/chains.ts';
import { describeClients } from './store/conformance/clients.ts';
import { describeHistory } from './store/conformance/history.ts';
import { describeInbox } from './store/conformance/inbox.ts';
import { describeOverlap } from './store/conformance/overlap.ts';
import { describePolicy } from './store/conformance/policy.ts';
import { describePlans } from './store/conformance/plans.ts';
import { describePrune } from './store/conformance/prune.ts';
import { describeQueries } from './store/conformance/queries.ts';
import { describeQuestions } from './store/conformance/questions.ts';
import { describeRuns } from './store/conformance/runs.ts';
import { describeSpend } from './store/conformance/spend.ts';
import { describeTaskNotes } from './store/conformance/task-notes.ts';
import { describeTasks } from './store/conformance/tasks.ts';
import { describeWebhooks } from './store/conformance/webhooks.ts';
import type { OpenStore } from './store/conformance/world.ts';

/** What every store must do. `open` opens an empty one. */
export function describeStore(name: string, open: OpenStore): void {
  describe(`the store (${name})`, () => {
    describeTasks(open);
    describePlans(open);
    describeOverlap(open);
    describeRuns(open);
    describeQueries(open);
    describePrune(open);
    describeHistory(open);
    describeInbox(open);
    describeSpend(open);
    describeQuestions(open);
    describeAccess(open);
    describeChains(open);
    describeWebhooks(open);
    describeTaskNotes(open);
    describePolicy(open);
    describeClients(open);
  });
}
