import { HISTORY_ROUTES } from './history-routes.ts';
import { INBOX_ROUTES } from './inbox-routes.ts';
import { KEY_ROUTES } from './key-routes.ts';
import { OVERVIEW_ROUTES } from './overview-routes.ts';
import { POLICY_ROUTES } from './policy-routes.ts';
import { RUN_ROUTES } from './run-routes.ts';
import { SECRET_ROUTES } from './secret-routes.ts';
import { TASK_ROUTES } from './task-routes.ts';
import { TRANSFER_ROUTES } from './transfer-routes.ts';
import { WEBHOOK_ROUTES } from './webhook-routes.ts';

/**
 * Everything that can be asked for under `/api/v1`, beside the stream of events: one file for each
 * noun. The door, the OpenAPI document and the types of the client are made from it.
 */
export const API_ROUTES = [
  ...OVERVIEW_ROUTES,
  ...TASK_ROUTES,
  ...RUN_ROUTES,
  ...HISTORY_ROUTES,
  ...SECRET_ROUTES,
  ...TRANSFER_ROUTES,
  ...KEY_ROUTES,
  ...INBOX_ROUTES,
  ...WEBHOOK_ROUTES,
  ...POLICY_ROUTES,
] as const;
