import type { HttpAction } from '../domain/action.ts';
import { Refusal } from '../domain/refusal.ts';
import { checkHeader, checkLength, checkMethod, checkUrl, checkValues } from './check-values.ts';

const STATUS_RANGES_MAX = 20;

export function checkHttp(action: HttpAction): HttpAction {
  checkUrl(action.url);
  const method = checkMethod(action.method);
  checkValues(action.headers, checkHeader);
  if (action.body !== undefined) checkLength('The body', action.body);
  checkStatusRanges(action.expectedStatus);
  return { ...action, method };
}

function checkStatusRanges(ranges: HttpAction['expectedStatus']): void {
  if (ranges.length === 0 || ranges.length > STATUS_RANGES_MAX) {
    throw new Refusal(
      'invalid',
      `There are ${ranges.length} ranges of expected status codes; write 1 to ${STATUS_RANGES_MAX}.`,
    );
  }
  for (const [from, to] of ranges) {
    if (isStatus(from) && isStatus(to) && from <= to) continue;
    throw new Refusal(
      'invalid',
      `${from}-${to} is not a range of status codes. Write codes from 100 to 599, the lower one first.`,
    );
  }
}

function isStatus(code: number): boolean {
  return Number.isInteger(code) && code >= 100 && code <= 599;
}
