import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { PLACES } from './screens.tsx';

/** How long after `g` its letter is awaited, in milliseconds. */
const CHORD_MS = 1_200;

/** The keys that work everywhere: search, and the places by their letters. */
export function useKeys(onSearch: () => void, onHelp: () => void): void {
  const [, go] = useLocation();
  useEffect(() => {
    let chordUntil = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        onSearch();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === '/') {
        event.preventDefault();
        const field = document.querySelector<HTMLElement>('[data-filter]');
        if (field === null) onSearch();
        else field.focus();
        return;
      }
      if (event.key === '?') {
        event.preventDefault();
        onHelp();
        return;
      }
      if (event.key === 'g') {
        chordUntil = event.timeStamp + CHORD_MS;
        return;
      }
      if (event.key === 'q' && event.timeStamp >= chordUntil) {
        go('/quick-run');
        return;
      }
      const place = PLACES.find(({ letter }) => letter === event.key);
      if (place !== undefined && event.timeStamp < chordUntil) {
        // A screen has keys of its own; this one is taken.
        event.preventDefault();
        go(place.href);
      }
      chordUntil = 0;
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [go, onSearch, onHelp]);
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
