/** A stretch of text within a block. */
export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'del'; readonly inside: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly inside: readonly Inline[] };

export type Block =
  | { readonly kind: 'paragraph'; readonly inside: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: number; readonly inside: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly kind: 'list';
      readonly isOrdered: boolean;
      readonly start: number;
      readonly items: readonly (readonly Block[])[];
    }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: 'line' };

/** Quotes and lists inside each other; deeper ones are shown as text. */
const DEPTH_MAX = 6;
const LINES_MAX = 20_000;

/**
 * What agents write: headings, paragraphs, lists, quotes, code, tables, links. Anything else, HTML above
 * all, stays the text that it is: what comes out is data, and never a markup of its own.
 */
export function parseMarkdown(text: string): readonly Block[] {
  return blocksOf(text.replaceAll('\r\n', '\n').split('\n').slice(0, LINES_MAX), 0);
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?:\s+|$)/;
const TABLE_RULE = /^ {0,3}\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

type Taken = { readonly block: Block | undefined; readonly next: number };

function blocksOf(lines: readonly string[], depth: number): readonly Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const { block, next } = takeBlock(lines, at, depth);
    if (block !== undefined) blocks.push(block);
    at = Math.max(next, at + 1);
  }
  return blocks;
}

function takeBlock(lines: readonly string[], at: number, depth: number): Taken {
  const line = lines[at] ?? '';
  if (line.trim() === '') return { block: undefined, next: at + 1 };
  const fence = FENCE.exec(line)?.[1];
  if (fence !== undefined) return takeCode(lines, at, fence);
  const heading = HEADING.exec(line);
  if (heading !== null) {
    const block = {
      kind: 'heading',
      level: heading[1]?.length ?? 1,
      inside: inlineOf(heading[2] ?? ''),
    } as const;
    return { block, next: at + 1 };
  }
  if (RULE.test(line)) return { block: { kind: 'line' }, next: at + 1 };
  if (depth < DEPTH_MAX && QUOTE.test(line)) return takeQuote(lines, at, depth);
  if (depth < DEPTH_MAX && ITEM.test(line)) return takeList(lines, at, depth);
  if (line.includes('|') && TABLE_RULE.test(lines[at + 1] ?? '')) return takeTable(lines, at);
  return takeParagraph(lines, at);
}

function takeCode(lines: readonly string[], at: number, fence: string): Taken {
  let end = at + 1;
  while (end < lines.length && !(lines[end] ?? '').trimStart().startsWith(fence)) end += 1;
  return { block: { kind: 'code', text: lines.slice(at + 1, end).join('\n') }, next: end + 1 };
}

function takeQuote(lines: readonly string[], at: number, depth: number): Taken {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end] ?? '')) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ''));
  return { block: { kind: 'quote', blocks: blocksOf(inner, depth + 1) }, next: end };
}

function takeList(lines: readonly string[], at: number, depth: number): Taken {
  const first = ITEM.exec(lines[at] ?? '')?.[2] ?? '-';
  const isOrdered = /\d/.test(first);
  const items: string[][] = [];
  let indent = 0;
  let end = at;
  while (end < lines.length) {
    const line = lines[end] ?? '';
    const item = ITEM.exec(line);
    if (item !== null && /\d/.test(item[2] ?? '') === isOrdered && !RULE.test(line)) {
      indent = item[0].length;
      items.push([line.slice(indent)]);
    } else if (line.trim() === '') {
      const after = lines[end + 1] ?? '';
      if (!after.startsWith('  ') && !ITEM.test(after)) break;
      items.at(-1)?.push('');
    } else if (line.startsWith('  ')) {
      // What is indented belongs to the item, by as much of its indent as there is.
      const space = line.length - line.trimStart().length;
      items.at(-1)?.push(line.slice(Math.min(space, indent)));
    } else break;
    end += 1;
  }
  const block = {
    kind: 'list',
    isOrdered,
    start: isOrdered ? Number.parseInt(first, 10) : 1,
    items: items.map((inner) => blocksOf(inner, depth + 1)),
  } as const;
  return { block, next: end };
}

function takeTable(lines: readonly string[], at: number): Taken {
  let end = at + 2;
  while (end < lines.length && (lines[end] ?? '').includes('|')) end += 1;
  const head = cellsOf(lines[at] ?? '');
  const rows = lines.slice(at + 2, end).map((line) => {
    const cells = cellsOf(line);
    return head.map((_, index) => cells[index] ?? []);
  });
  return { block: { kind: 'table', head, rows }, next: end };
}

function cellsOf(line: string): readonly (readonly Inline[])[] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split('|').map((cell) => inlineOf(cell.trim()));
}

function takeParagraph(lines: readonly string[], at: number): Taken {
  let end = at + 1;
  while (end < lines.length && !endsParagraph(lines[end] ?? '')) end += 1;
  const text = lines.slice(at, end).join('\n').trim();
  return { block: { kind: 'paragraph', inside: inlineOf(text) }, next: end };
}

function endsParagraph(line: string): boolean {
  return (
    line.trim() === '' || [FENCE, HEADING, RULE, QUOTE, ITEM].some((pattern) => pattern.test(line))
  );
}

/** Each alternative is bounded, and none begins where another could: no text makes it slow. */
const MARK =
  /(?<code>`[^`\n]{1,2000}`)|(?<strong>\*\*[^*\n]{1,2000}\*\*|__[^_\n]{1,2000}__)|(?<em>\*[^*\s][^*\n]{0,2000}\*|(?<![A-Za-z0-9])_[^_\s][^_\n]{0,2000}_(?![A-Za-z0-9]))|(?<del>~~[^~\n]{1,2000}~~)|!?\[(?<text>[^\]\n]{0,500})\]\((?<to>[^()\s]{1,2000})\)|(?<bare>https?:\/\/[^\s<>()\]]{1,2000})/g;

/** Links lead to the web or to mail; what would be code, or a file, stays text. */
const LINKED = /^(?:https?:\/\/|mailto:)/i;

function inlineOf(text: string, depth = 0): readonly Inline[] {
  if (depth >= DEPTH_MAX) return [{ kind: 'text', text }];
  const parts: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push(markOf(match, depth));
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

function markOf(match: RegExpMatchArray, depth: number): Inline {
  const whole = match[0];
  const { code, strong, em, del, text, to, bare } = match.groups ?? {};
  if (code !== undefined) return { kind: 'code', text: code.slice(1, -1) };
  if (strong !== undefined) return wrapped('strong', strong.slice(2, -2), depth);
  if (em !== undefined) return wrapped('em', em.slice(1, -1), depth);
  if (del !== undefined) return wrapped('del', del.slice(2, -2), depth);
  const href = to ?? bare;
  if (href === undefined || !LINKED.test(href)) return { kind: 'text', text: whole };
  const shown = text === undefined || text === '' ? href : text;
  return { kind: 'link', href, inside: [{ kind: 'text', text: shown }] };
}

function wrapped(kind: 'strong' | 'em' | 'del', text: string, depth: number): Inline {
  return { kind, inside: inlineOf(text, depth + 1) };
}
