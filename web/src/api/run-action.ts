import type { RunView } from '../../../src/api/run-view.ts';
import { send } from './request.ts';

export type ActionRequest = {
  readonly action: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly timeout?: string;
  readonly budget?: { readonly usd?: number; readonly tokens?: number };
};

/** Carries an action out once. */
export function runAction(request: ActionRequest): Promise<RunView> {
  return send<RunView>('POST', '/runs', request);
}
