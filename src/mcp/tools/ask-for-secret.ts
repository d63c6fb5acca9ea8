import { Question, type ToolCall } from '../../api/tool.ts';
import { secretsOf, type Action } from '../../domain/action.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Services } from '../../service/services.ts';

/**
 * The question to a person for the first secret of an action that is not set, when the client can open a
 * page. The value is typed there, so neither client nor model handles it. Whatever is said, the task is made.
 */
export async function askForMissingSecret(
  services: Services,
  action: Action,
  call: ToolCall,
): Promise<Question | undefined> {
  const names = secretsOf(action);
  if (names.length === 0) return undefined;
  try {
    const set = (await services.listSecrets()).map(({ name }) => name);
    const missing = names.find((name) => !set.includes(name));
    if (missing === undefined) return undefined;
    const act = { verb: 'give_secret', subject: missing, revision: 0 };
    if (call.consentTo(act, 'page') !== 'missing') return undefined;
    const { url } = await services.askForSecret(missing);
    return new Question(act, `The task needs the secret ${JSON.stringify(missing)}.`, url);
  } catch (error) {
    // Whoever may not ask is told by the answer that the secret is not set.
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
