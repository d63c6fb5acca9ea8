/**
 * Where a text goes, and so how a value is written into it: `prompt` is read by a model, `text` by
 * people or programs, `json` and `form` are bodies of requests, `url` is a path or query, `header`
 * the value of a header.
 */
export type TemplateContext = 'prompt' | 'text' | 'json' | 'form' | 'url' | 'header';

/** `{{name}}`, `{{name | default "text"}}` or `{{json name}}`. */
export type Placeholder = {
  readonly kind: 'placeholder';
  /** As it stands in the text, braces included. */
  readonly source: string;
  /** The name, cut at its dots. */
  readonly path: readonly string[];
  readonly isJson: boolean;
  readonly fallback: string | undefined;
};

export type TemplatePart = { readonly kind: 'text'; readonly text: string } | Placeholder;
export type Template = readonly TemplatePart[];

/** Every name but the open ones under `payload`. */
export const TEMPLATE_NAMES: readonly string[] = [
  'scheduled_for',
  'covers_since',
  'missed_count',
  'last.result',
  'last.finished_at',
  'after.result',
  'after.run_id',
  'after.outcome',
  'run.id',
  'task.name',
  'payload',
];

export function isKnownName(path: readonly string[]): boolean {
  return path[0] === 'payload' || TEMPLATE_NAMES.includes(path.join('.'));
}

/** Whether the value comes from outside: written by whoever sent the payload, or by an earlier run. */
export function isOutside(path: readonly string[]): boolean {
  return path[0] === 'payload' || OUTSIDE.includes(path.join('.'));
}

const OUTSIDE: readonly string[] = ['last.result', 'after.result'];

/**
 * Whether the tasks of a namespace have templates. Those of most older systems say `{{` and mean it, as
 * they did there; one had templates of its own, which its profile writes as ours.
 */
export function hasTemplates(namespace: string): boolean {
  return namespace === 'native' || namespace === 'claude-runner';
}
