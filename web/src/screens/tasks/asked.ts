import { useSearchParams } from 'wouter';

/** What the address asks for. */
export type Asked = {
  readonly text: string | undefined;
  readonly state: string | undefined;
  readonly tag: string | undefined;
  readonly kind: string | undefined;
  readonly made_by: string | undefined;
};

export type View = 'list' | 'week' | 'timeline';

/** The filter, the page and the view, as they stand in the address, and how to change them. */
export function useAsked() {
  const [search, setSearch] = useSearchParams();
  const value = (name: string): string | undefined => search.get(name) ?? undefined;
  const asked: Asked = {
    text: value('text'),
    state: value('state'),
    tag: value('tag'),
    kind: value('kind'),
    made_by: value('made_by'),
  };
  return {
    asked,
    cursor: value('cursor'),
    view: viewOf(value('view')),
    isFiltered: Object.values(asked).some((one) => one !== undefined),
    /** An empty text removes a part; another filter begins at the first page. */
    ask: (changed: Readonly<Record<string, string>>): void => {
      setSearch((before) => withChanges(before, { cursor: '', ...changed }), { replace: true });
    },
    hrefFor: (view: View): string => {
      const after = withChanges(search, { cursor: '', view: view === 'list' ? '' : view });
      const text = after.toString();
      return text === '' ? '/tasks' : `/tasks?${text}`;
    },
  };
}

function viewOf(text: string | undefined): View {
  return text === 'week' || text === 'timeline' ? text : 'list';
}

function withChanges(
  before: URLSearchParams,
  changed: Readonly<Record<string, string>>,
): URLSearchParams {
  const after = new URLSearchParams(before);
  for (const [name, value] of Object.entries(changed)) {
    if (value === '') after.delete(name);
    else after.set(name, value);
  }
  return after;
}
