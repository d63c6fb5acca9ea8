import { ArrowDown, ChevronDown, ChevronUp, Download, WrapText } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { counted, formatBytes } from '../parts/amount.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { classNames } from '../parts/class-names.ts';
import { saveText } from '../parts/save-text.ts';
import { INPUT_CLASS } from '../parts/field.tsx';
import { tellFailure } from '../parts/toasts.tsx';
import { piecesOf, plainOf } from './ansi.ts';
import { rowsOf } from './row-heights.ts';
import type { Output } from './use-output.ts';

const ROW_PX = 20;
/** Rows that are drawn beyond what is seen, above and below. */
const SPARE_ROWS = 20;
const AT_END_PX = 4;
/** The column of the numbers, and the space at the right. */
const GUTTER_PX = 64;
const MARGIN_PX = 16;

/**
 * A window on many lines: only those that are seen are drawn. It follows what is printed until somebody
 * scrolls up, and again from the end.
 */
export function OutputWindow({ output, name }: { readonly output: Output; readonly name: string }) {
  const { lines } = output;
  const box = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const [top, setTop] = useState(0);
  const [{ height, columns }, setSize] = useState({ height: 400, columns: 80 });
  const [isFollowing, setFollowing] = useState(() => lineOfAddress() === undefined);
  const [isWrapped, setWrapped] = useState(false);
  const [text, setText] = useState('');
  const [marked, setMarked] = useState(lineOfAddress);
  const found = useFound(lines, text);
  const [foundAt, setFoundAt] = useState(0);
  const rows = useMemo(
    () => rowsOf(lines, isWrapped ? columns : undefined),
    [lines, isWrapped, columns],
  );

  const show = useCallback(
    (line: number) => {
      setFollowing(false);
      const element = box.current;
      element?.scrollTo({ top: Math.max(0, rows.topOf(line) * ROW_PX - element.clientHeight / 2) });
    },
    [rows],
  );
  useEffect(() => {
    if (isFollowing) box.current?.scrollTo({ top: rows.total * ROW_PX });
  }, [rows, isFollowing]);
  useEffect(() => {
    setFoundAt(0);
    const first = found[0];
    if (first !== undefined) show(first);
    // Only another search moves the window, not another line that fits.
  }, [text]);
  const isMarkedThere = marked !== undefined && marked < lines.length;
  useEffect(() => {
    if (isMarkedThere && marked !== undefined) show(marked);
  }, [isMarkedThere, marked]);
  useEffect(() => {
    const onHash = (): void => setMarked(lineOfAddress());
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, []);
  const hasLines = lines.length > 0;
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setSize(sizeOf(element)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasLines]);

  const step = (by: number): void => {
    if (found.length === 0) return;
    const next = (foundAt + by + found.length) % found.length;
    setFoundAt(next);
    show(found[next] ?? 0);
  };
  const onScroll = (at: HTMLDivElement): void => {
    setTop(at.scrollTop);
    const isAtEnd = at.scrollHeight - at.scrollTop - at.clientHeight < AT_END_PX;
    if (isAtEnd && at.scrollTop > lastTop.current) setFollowing(true);
    else if (!isAtEnd && at.scrollTop < lastTop.current) setFollowing(false);
    lastTop.current = at.scrollTop;
  };
  const first = rows.lineAt(Math.max(0, Math.floor(top / ROW_PX) - SPARE_ROWS));
  const last = Math.min(
    lines.length,
    rows.lineAt(Math.ceil((top + height) / ROW_PX) + SPARE_ROWS) + 1,
  );
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
          className={classNames(INPUT_CLASS, 'max-w-56')}
        />
        <p role="status" className="text-xs text-soft">
          {text === ''
            ? `${counted(lines.length, 'line')}, ${formatBytes(output.totalBytes)}`
            : found.length === 0
              ? 'not found'
              : `${foundAt + 1} of ${found.length}`}
        </p>
        {found.length === 0 ? null : (
          <span className="flex">
            <IconButton label="The one before" onClick={() => step(-1)}>
              <ChevronUp aria-hidden size={16} />
            </IconButton>
            <IconButton label="The next one" onClick={() => step(1)}>
              <ChevronDown aria-hidden size={16} />
            </IconButton>
          </span>
        )}
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
          <Button
            isSmall
            look={isWrapped ? 'main' : 'plain'}
            aria-pressed={isWrapped}
            onClick={() => setWrapped(!isWrapped)}
          >
            <WrapText aria-hidden size={14} />
            Wrap
          </Button>
          <IconButton
            label="Download"
            onClick={() => saveText(`${lines.map(plainOf).join('\n')}\n`, name)}
          >
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
          onScroll={(event) => onScroll(event.currentTarget)}
          className="max-h-[60vh] overflow-auto [overflow-anchor:none] rounded-md border border-line bg-sunk font-mono text-[13px]"
        >
          <div
            className={classNames('relative min-w-full', !isWrapped && 'w-max')}
            style={{ height: rows.total * ROW_PX }}
          >
            {lines.slice(first, last).map((line, index) => {
              const number = first + index;
              return (
                <Line
                  key={number}
                  line={line}
                  number={number}
                  topPx={rows.topOf(number) * ROW_PX}
                  isFound={number === current}
                  isMarked={number === marked}
                  isWrapped={isWrapped}
                />
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}

function Line({
  line,
  number,
  topPx,
  isFound,
  isMarked,
  isWrapped,
}: {
  readonly line: string;
  /** From 0. */
  readonly number: number;
  readonly topPx: number;
  readonly isFound: boolean;
  readonly isMarked: boolean;
  readonly isWrapped: boolean;
}) {
  return (
    <div
      className={classNames(
        'absolute left-0 flex min-h-5 min-w-full leading-5',
        isWrapped ? 'right-0' : 'whitespace-pre',
        isFound && 'bg-warn-wash',
        isMarked && 'bg-bronze-wash',
      )}
      style={{ top: topPx }}
    >
      <a
        href={`#L${number + 1}`}
        aria-label={`Line ${number + 1}`}
        aria-current={isMarked ? true : undefined}
        className={classNames(
          'sticky left-0 w-16 shrink-0 pr-3 text-right text-soft select-none hover:text-ink',
          isMarked ? 'bg-bronze-wash' : 'bg-sunk',
        )}
      >
        {number + 1}
      </a>
      <span className={classNames('pr-4', isWrapped && 'min-w-0 break-all whitespace-pre-wrap')}>
        {piecesOf(line).map((piece, at) => (
          <span key={at} className={piece.look}>
            {piece.text}
          </span>
        ))}
      </span>
    </div>
  );
}

/** How much is seen, and how many characters fit beside the numbers. */
function sizeOf(element: HTMLElement): { readonly height: number; readonly columns: number } {
  const probe = document.createElement('span');
  probe.textContent = '0'.repeat(100);
  probe.style.cssText = 'position:absolute;visibility:hidden;white-space:pre';
  element.append(probe);
  const charPx = probe.getBoundingClientRect().width / 100;
  probe.remove();
  const room = element.clientWidth - GUTTER_PX - MARGIN_PX;
  return { height: element.clientHeight, columns: Math.max(10, Math.floor(room / charPx)) };
}

/** Numbers of the lines in which the text occurs, from 0. */
function useFound(lines: readonly string[], text: string): readonly number[] {
  return useMemo(() => {
    const wanted = text.toLowerCase();
    if (wanted === '') return [];
    const numbers: number[] = [];
    for (const [number, line] of lines.entries()) {
      if (plainOf(line).toLowerCase().includes(wanted)) numbers.push(number);
    }
    return numbers;
  }, [lines, text]);
}

function lineOfAddress(): number | undefined {
  const number = /^#L(\d{1,7})$/.exec(window.location.hash)?.[1];
  return number === undefined ? undefined : Number(number) - 1;
}
