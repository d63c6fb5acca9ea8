import { Link, useLocation } from 'wouter';
import { classNames } from './class-names.ts';

/** The parts of a screen, each with an address of its own. */
export function TabLinks({
  label,
  tabs,
}: {
  readonly label: string;
  readonly tabs: readonly {
    readonly href: string;
    readonly text: string;
    readonly count?: number;
  }[];
}) {
  const [path] = useLocation();
  return (
    <nav aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map(({ href, text, count }) => {
        const isHere = path === href;
        return (
          <Link
            key={href}
            href={href}
            replace
            aria-current={isHere ? 'page' : undefined}
            className={classNames(
              '-mb-px border-b-2 px-3 py-2 text-sm whitespace-nowrap',
              isHere
                ? 'border-bronze font-medium text-ink'
                : 'border-transparent text-soft hover:text-ink',
            )}
          >
            {text}
            {count === undefined || count === 0 ? null : (
              <span className="ml-1.5 rounded-full bg-sunk px-1.5 text-xs">{count}</span>
            )}
          </Link>
        );
      })}
    </nav>
  );
}
