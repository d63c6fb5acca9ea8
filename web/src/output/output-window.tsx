import { ArrowDown, Download } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { counted, formatBytes } from '../parts/amount.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { classNames } from '../parts/class-names.ts';
import { INPUT_CLASS } from '../parts/field.tsx';
import { tellFailure } from '../parts/toasts.tsx';
import { piecesOf, plainOf } from './ansi.ts';
import type { Output } from './use-output.ts';

const ROW_PX = 20;
/** Rows that are drawn beyond what is seen, above and below. */
const SPARE_ROWS = 20;
const AT_END_PX = 4;

/**
 * A window on many lines: only those that are seen are drawn. It follows what is printed until somebody
 * scrolls up.
 */
export function OutputWindow({ output, name }: { readonly output: Output; readonly name: string }) {
  const { lines } = output;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const [isFollowing, setFollowing] = useState(true);
  const [text, setText] = useState('');
  const [marked, setMarked] = useState(lineOfAddress);
  const found = useFound(lines, text);
  const [foundAt, setFoundAt] = useState(0);

  const show = useCallback((line: number) => {
    setFollowing(false);
    box.current?.scrollTo({ top: Math.max(0, line * ROW_PX - box.current.clientHeight / 2) });
  }, []);
  useEffect(() => {
    if (isFollowing) box.current?.scrollTo({ top: lines.length * ROW_PX });
  }, [lines, isFollowing]);
  useEffect(() => {
    setFoundAt(0);
    const first = found[0];
    if (first !== undefined) show(first);
    // Only another search moves the window, not another line that fits.
  }, [text]);
  const hasLines = lines.length > 0;
  useEffect(() => {
    if (hasLines && marked !== undefined) show(marked);
  }, [hasLines]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasLines]);

  const step = (by: number): void => {
    if (found.length === 0) return;
    const next = (foundAt + by + found.length) % found.length;
    setFoundAt(next);
    show(found[next] ?? 0);
  };
  const first = Math.max(0, Math.floor(top / ROW_PX) - SPARE_ROWS);
  const last = Math.min(lines.length, Math.ceil((top + height) / ROW_PX) + SPARE_ROWS);
  const current = text === '' ? undefined : found[foundAt];

  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <input
          type="search"
          data-filter
          aria-label="Find in the output"
          placeholder="Find in the output"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
          }}
          className={classNames(INPUT_CLASS, 'max-w-64')}
        />
        <p role="status" className="text-xs text-soft">
          {text === ''
            ? `${counted(lines.length, 'line')}, ${formatBytes(output.totalBytes)}`
            : found.length === 0
              ? 'not found'
              : `${foundAt + 1} of ${found.length}`}
        </p>
        <div className="ml-auto flex items-center gap-1">
          <Button
            isSmall
            look={isFollowing ? 'main' : 'plain'}
            aria-pressed={isFollowing}
            onClick={() => setFollowing(!isFollowing)}
          >
            <ArrowDown aria-hidden size={14} />
            {output.isComplete ? 'End' : 'Follow'}
          </Button>
          <IconButton label="Download" onClick={() => download(lines, name)}>
            <Download aria-hidden size={16} />
          </IconButton>
        </div>
      </div>
      {output.droppedBytes === 0 ? null : (
        <p className="text-xs text-warn">
          {formatBytes(output.droppedBytes)} of the middle were too much to keep.
        </p>
      )}
      {output.error === undefined ? null : (
        <p role="alert" className="text-sm text-bad">
          {tellFailure(output.error).title}
        </p>
      )}
      {!hasLines ? (
        <p className="rounded-md bg-sunk px-3 py-4 text-sm text-soft">
          {output.isComplete ? 'It printed nothing.' : 'Nothing is printed yet.'}
        </p>
      ) : (
        <div
          ref={box}
          tabIndex={0}
          role="log"
          aria-label="Output"
          aria-live="off"
          onScroll={(event) => {
            const at = event.currentTarget;
            setTop(at.scrollTop);
            const isAtEnd = at.scrollHeight - at.scrollTop - at.clientHeight < AT_END_PX;
            if (!isAtEnd && at.scrollTop < top) setFollowing(false);
          }}
          className="max-h-[60vh] overflow-auto rounded-md border border-line bg-sunk font-mono text-[13px]"
        >
          <div className="relative w-max min-w-full" style={{ height: lines.length * ROW_PX }}>
            {lines.slice(first, last).map((line, index) => {
              const number = first + index;
              return (
                <div
                  key={number}
                  className={classNames(
                    'absolute left-0 flex h-5 min-w-full leading-5 whitespace-pre',
                    number === current && 'bg-warn-wash',
                    number === marked && 'bg-bronze-wash',
                  )}
                  style={{ top: number * ROW_PX }}
                >
                  <a
                    href={`#L${number + 1}`}
                    aria-label={`Line ${number + 1}`}
                    onClick={() => setMarked(number)}
                    className="sticky left-0 w-16 shrink-0 bg-sunk pr-3 text-right text-soft select-none hover:text-ink"
                  >
                    {number + 1}
                  </a>
                  <span className="pr-4">
                    {piecesOf(line).map((piece, at) => (
                      <span key={at} className={piece.look}>
                        {piece.text}
                      </span>
                    ))}
                  </span>
                </div>
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}

/** Numbers of the lines in which the text occurs, from 0. */
function useFound(lines: readonly string[], text: string): readonly number[] {
  return useMemo(() => {
    const wanted = text.toLowerCase();
    if (wanted === '') return [];
    return lines.flatMap((line, number) =>
      plainOf(line).toLowerCase().includes(wanted) ? [number] : [],
    );
  }, [lines, text]);
}

function lineOfAddress(): number | undefined {
  const number = /^#L(\d{1,7})$/.exec(window.location.hash)?.[1];
  return number === undefined ? undefined : Number(number) - 1;
}

function download(lines: readonly string[], name: string): void {
  const address = URL.createObjectURL(new Blob([lines.join('\n'), '\n'], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
