import type { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { Refusal } from '../domain/refusal.ts';

const ISSUES_TOLD_MAX = 5;

/** The arguments as `schema` reads them. Refuses, naming each place that does not fit. */
export function parseArguments<Schema extends z.ZodObject>(
  schema: Schema,
  given: JsonObject,
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.flatMap((issue) => deepest(issue, []));
  const told = issues.slice(0, ISSUES_TOLD_MAX).map(({ issue, path }) => tell(issue, path, schema));
  const rest = issues.length - told.length;
  throw new Refusal('invalid', [...told, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' '));
}

type Located = { readonly issue: z.core.$ZodIssue; readonly path: readonly PropertyKey[] };

/** Of a union, the branch that got furthest says best what is wrong. */
function deepest(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): readonly Located[] {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union') return [{ issue, path }];
  const branches = issue.errors.map((branch) => branch.flatMap((inner) => deepest(inner, path)));
  const matching = branches.filter((branch) => !branch.every((located) => isOfKind(located, path)));
  const [best] = matching.sort((one, other) => one.length - other.length);
  return best ?? [{ issue, path }];
}

/** Whether the branch failed on the kind of the value itself. */
function isOfKind(located: Located, path: readonly PropertyKey[]): boolean {
  return located.issue.code === 'invalid_type' && located.path.length === path.length;
}

function tell(issue: z.core.$ZodIssue, path: readonly PropertyKey[], schema: z.ZodObject): string {
  const place = path.length === 0 ? 'The request' : `"${path.map(String).join('.')}"`;
  if (issue.code === 'unrecognized_keys') {
    return path.length === 0
      ? `Unknown: ${quoted(issue.keys)}. Known are: ${quoted(Object.keys(schema.shape))}.`
      : `${place} has unknown fields: ${quoted(issue.keys)}.`;
  }
  if (issue.code === 'invalid_type') {
    return issue.message.endsWith('undefined')
      ? `${place} is required.`
      : `${place} must be ${withArticle(issue.expected)}.`;
  }
  if (issue.code === 'invalid_value') {
    return `${place} must be one of ${quoted(issue.values.map(String))}.`;
  }
  if (issue.code === 'invalid_union') {
    return `${place} has none of the accepted forms; see its description.`;
  }
  return `${place}: ${issue.message.replace(/\.?$/, '.')}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}

function withArticle(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
