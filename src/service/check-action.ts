import type { Action } from '../domain/action.ts';
import type { Namespace } from '../domain/principal.ts';
import { checkTemplates } from '../domain/templates/check-templates.ts';
import { hasTemplates } from '../domain/templates/template.ts';
import { checkAgent } from './check-agent.ts';
import { checkCommand } from './check-command.ts';
import { checkHttp } from './check-http.ts';
import { checkMessage } from './check-message.ts';
import { checkModel } from './check-model.ts';
import { checkReminder } from './check-reminder.ts';

/**
 * The action in its normal form: `~` expanded, method in capitals. Refuses what no run could carry
 * out, and templates that cannot be filled in.
 */
export function checkAction(action: Action, home: string, namespace: Namespace): Action {
  const checked = checkKind(action, home);
  if (hasTemplates(namespace)) checkTemplates(checked);
  return checked;
}

function checkKind(action: Action, home: string): Action {
  switch (action.kind) {
    case 'command':
      return checkCommand(action, home);
    case 'http':
      return checkHttp(action);
    case 'agent':
      return checkAgent(action, home);
    case 'model':
      return checkModel(action, home);
    case 'message':
      return checkMessage(action);
    case 'reminder':
      return checkReminder(action);
  }
}
