import type { MessageAction } from '../domain/action.ts';
import { Refusal } from '../domain/refusal.ts';
import {
  checkHeader,
  checkJson,
  checkLength,
  checkMethod,
  checkUrl,
  checkValues,
  quoted,
} from './check-values.ts';

/** A media type of RFC 9110, 8.3.1, its parameters on the same line. */
const CONTENT_TYPE = /^[A-Za-z0-9!#$&^_.+-]{1,100}\/[A-Za-z0-9!#$&^_.+-]{1,100}(?:;[ -~]{0,200})?$/;

export function checkMessage(action: MessageAction): MessageAction {
  checkUrl(action.endpoint);
  const method = checkMethod(action.method);
  checkLength('The text', action.text);
  if (!CONTENT_TYPE.test(action.contentType)) {
    throw new Refusal(
      'invalid',
      `${quoted(action.contentType)} is not a content type. Write one such as text/plain or application/json.`,
    );
  }
  checkValues(action.headers, checkHeader);
  checkJson('"info"', action.info);
  return { ...action, method };
}
