import type { KeyboardEvent } from 'react';

const STEPS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** How much farther something beside the way counts than something on it. */
const ASIDE_FACTOR = 3;

/**
 * Moves the focus between the marks of a picture with the arrows: to the nearest one that way. A picture
 * is one stop of the tab key, else nobody would ever come past it.
 */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  const from = document.activeElement;
  if (step === undefined || !(from instanceof HTMLElement) || !from.matches('[data-mark]')) return;
  event.preventDefault();
  const at = middleOf(from);
  let nearest: HTMLElement | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const mark of event.currentTarget.querySelectorAll<HTMLElement>('[data-mark]')) {
    const to = middleOf(mark);
    const along = (to.x - at.x) * step[0] + (to.y - at.y) * step[1];
    const aside = Math.abs((to.x - at.x) * step[1] + (to.y - at.y) * step[0]);
    const cost = along + aside * ASIDE_FACTOR;
    if (mark === from || along <= 0.5 || cost >= least) continue;
    nearest = mark;
    least = cost;
  }
  nearest?.focus();
}

function middleOf(element: HTMLElement): { readonly x: number; readonly y: number } {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
