import { useMemo } from 'react';
import { type Block, type Inline, parseMarkdown } from './parse-markdown.ts';

/** What an agent wrote, as a page: elements of ours and texts of its own, never its markup. */
export function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return (
    <div className="flex max-w-prose flex-col gap-3 text-sm">
      <Blocks blocks={blocks} />
    </div>
  );
}

function Blocks({ blocks }: { readonly blocks: readonly Block[] }) {
  return blocks.map((block, index) => <One key={index} block={block} />);
}

function One({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p className="whitespace-pre-line">
          <Words inside={block.inside} />
        </p>
      );
    case 'heading':
      // The outline of the page is ours: its headings are all of one level.
      return (
        <h3 className={block.level < 3 ? 'text-base font-semibold' : 'font-semibold'}>
          <Words inside={block.inside} />
        </h3>
      );
    case 'code':
      return (
        <pre
          tabIndex={0}
          aria-label="Code"
          className="overflow-x-auto rounded-md border border-line bg-sunk px-3 py-2 font-mono text-[13px] leading-5"
        >
          {block.text}
        </pre>
      );
    case 'quote':
      return (
        <blockquote className="flex flex-col gap-2 border-l-2 border-edge pl-3 text-soft">
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case 'list':
      return <List list={block} />;
    case 'table':
      return <Table table={block} />;
    case 'line':
      return <hr className="border-line" />;
  }
}

function List({ list }: { readonly list: Extract<Block, { readonly kind: 'list' }> }) {
  const items = list.items.map((blocks, index) => (
    <li key={index}>
      <div className="flex flex-col gap-1">
        <Blocks blocks={blocks} />
      </div>
    </li>
  ));
  return list.isOrdered ? (
    <ol start={list.start} className="flex list-decimal flex-col gap-1 pl-6">
      {items}
    </ol>
  ) : (
    <ul className="flex list-disc flex-col gap-1 pl-5">{items}</ul>
  );
}

function Table({ table }: { readonly table: Extract<Block, { readonly kind: 'table' }> }) {
  return (
    <div tabIndex={0} role="group" aria-label="Table" className="overflow-x-auto">
      <table className="border-collapse text-left">
        <thead>
          <tr>
            {table.head.map((cell, index) => (
              <th key={index} scope="col" className="border-b border-edge px-2 py-1 font-semibold">
                <Words inside={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, at) => (
                <td key={at} className="border-b border-line px-2 py-1 align-top">
                  <Words inside={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Words({ inside }: { readonly inside: readonly Inline[] }) {
  return inside.map((part, index) => <Word key={index} part={part} />);
}

function Word({ part }: { readonly part: Inline }) {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return <code className="rounded bg-sunk px-1 font-mono text-[13px]">{part.text}</code>;
    case 'strong':
      return (
        <strong className="font-semibold">
          <Words inside={part.inside} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Words inside={part.inside} />
        </em>
      );
    case 'del':
      return (
        <del>
          <Words inside={part.inside} />
        </del>
      );
    case 'link':
      return (
        <a
          href={part.href}
          title={part.href}
          target="_blank"
          rel="noopener noreferrer nofollow"
          className="text-bronze underline"
        >
          <Words inside={part.inside} />
        </a>
      );
  }
}
