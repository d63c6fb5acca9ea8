import { ACTION_FIELDS } from './action-fields.ts';
import { type Draft, KINDS } from './draft.ts';
import { POLICY_FIELDS } from './policy-fields.ts';

/** Short names that links may use for the fields that everybody fills in. */
const ALIASES: Readonly<Record<string, string>> = {
  kind: 'action.kind',
  prompt: 'action.prompt',
  command: 'action.command',
  url: 'action.url',
  engine: 'action.engine',
  provider: 'action.provider',
  model: 'action.model',
  cwd: 'action.cwd',
  tools: 'action.allowed_tools',
  title: 'action.title',
  text: 'action.text',
  budget: 'budget.usd_per_run',
};
/** Fields that are ticked, and hold no text. */
const TICKS = new Set(
  [...KINDS.flatMap((kind) => Object.values(ACTION_FIELDS[kind]).flat()), ...POLICY_FIELDS]
    .filter(({ kind }) => kind === 'tick' || kind === 'open')
    .map(({ path }) => path),
);
const PATH = /^(?:[a-z_]+\.)*[a-z_]+$/;
/** They name another task, and are no fields. */
const NO_FIELDS = new Set(['copy']);

/** The fields as an address fills them in. It fills in, and starts nothing. */
export function draftOfSearch(search: URLSearchParams): Draft {
  const given = [...search]
    .filter(([name]) => !NO_FIELDS.has(name) && PATH.test(name))
    .map(([name, value]) => {
      const path = ALIASES[name] ?? name;
      return [path, TICKS.has(path) ? value === 'true' : value] as const;
    });
  const draft: Draft = {
    'action.kind': 'command',
    'ui.program': 'shell',
    ...Object.fromEntries(given),
  };
  const kind = draft['action.kind'];
  return KINDS.some((known) => known === kind) ? draft : { ...draft, 'action.kind': 'command' };
}

/** The address that fills the fields in like this; what stands in pairs is left out. */
export function searchOfDraft(draft: Draft): string {
  const shorts = Object.fromEntries(Object.entries(ALIASES).map(([name, path]) => [path, name]));
  const said = Object.entries(draft).flatMap(([path, entered]) =>
    path.startsWith('ui.') || entered === '' || entered === false || typeof entered === 'object'
      ? []
      : [[shorts[path] ?? path, String(entered)] as [string, string]],
  );
  return new URLSearchParams(said).toString();
}

/** What was typed on a screen that was left, until the page is closed: nothing of it reaches a disk. */
const kept = new Map<string, Draft>();

export function keptDraft(address: string): Draft | undefined {
  return kept.get(address);
}

export function keepDraft(address: string, draft: Draft | undefined): void {
  if (draft === undefined) kept.delete(address);
  else kept.set(address, draft);
}
