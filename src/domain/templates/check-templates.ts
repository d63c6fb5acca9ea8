import type { Action } from '../action.ts';
import { Refusal } from '../refusal.ts';
import { fillAction, type TextPlace } from './action-texts.ts';
import { firstPlaceholder, parseTemplate, placeholdersOf } from './parse-template.ts';
import { isOutside } from './template.ts';

/** Refuses an action with a placeholder that is not known, or that stands where it must not. */
export function checkTemplates(action: Action): void {
  fillAction(action, (text, place) => {
    checkText(text, place);
    return text;
  });
}

function checkText(text: string, place: TextPlace): void {
  if (place.context === 'literal') {
    const found = firstPlaceholder(text);
    if (found !== undefined) throw notFilledIn(found, place);
    return;
  }
  const found = placeholdersOf(parseTemplate(text, place.name)).find(({ path }) => isOutside(path));
  if (found === undefined || place.takesOutside) return;
  throw new Refusal(
    'invalid',
    `${found.source} must not stand in ${place.name}: its value comes from outside and could say anything. ${INSTEAD}`,
  );
}

const INSTEAD =
  'A command finds the payload in the variable PAYLOAD, its parts in PAYLOAD_… (payload.a.b is PAYLOAD_A_B), and all of it in the file that PAYLOAD_FILE names and on standard input; a prompt, a body, a path or a query can hold {{payload.…}}, {{last.result}} and {{after.result}}.';

function notFilledIn(source: string, place: TextPlace): Refusal {
  return new Refusal(
    'invalid',
    `${source} must not stand in ${place.name}, which is used as it is written: no value can be put there safely. ${INSTEAD} The time is in CARILLON_SCHEDULED_FOR.`,
  );
}
