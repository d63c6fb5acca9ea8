import { useEffect } from 'react';
import { isTyping } from '../../frame/use-keys.ts';

/** `j` and `k` go down and up the list, `r` runs the task, `.` opens its menu; enter is the link's own. */
export function useRowKeys(onRun: (taskId: string) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) return;
      // What lies above the list has keys of its own.
      if (document.activeElement?.closest('[role=dialog],[role=menu]')) return;
      const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      if (event.key === 'j' || event.key === 'k') {
        const to = at < 0 ? 0 : at + (event.key === 'j' ? 1 : -1);
        rows[to]?.querySelector<HTMLElement>('[data-row-link]')?.focus();
        return;
      }
      const row = rows[at];
      if (row === undefined) return;
      if (event.key === 'r') onRun(row.dataset['task'] ?? '');
      if (event.key === '.') {
        event.preventDefault();
        row.querySelector<HTMLElement>('[aria-haspopup=menu]')?.click();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onRun]);
}
