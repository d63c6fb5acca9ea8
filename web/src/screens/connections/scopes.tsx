/** What a scope lets its holder do, in words. */
export const SCOPES = [
  ['tasks:read', 'See tasks, runs and what they print'],
  ['tasks:write', 'Make, change and delete tasks'],
  ['tasks:run', 'Start and stop runs'],
  ['admin', 'Everything: secrets, keys and settings too'],
] as const;

export function ScopeMarks({ scopes }: { readonly scopes: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-1">
      {scopes.map((scope) => (
        <code
          key={scope}
          title={SCOPES.find(([name]) => name === scope)?.[1]}
          className={`rounded px-1.5 py-0.5 text-xs ${scope === 'admin' ? 'bg-warn-wash text-warn' : 'bg-sunk text-soft'}`}
        >
          {scope}
        </code>
      ))}
    </span>
  );
}
