import { createHash } from 'node:crypto';

/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | readonly Html[] | undefined;

/** HTML in which everything that is filled in is text, unless it is HTML of ours. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const filled = texts.map((text, at) => `${text}${textOf(parts[at])}`);
  return new Html(filled.join(''));
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('\n');
  return String(part).replaceAll(/[&<>"']/g, (character) => ESCAPED[character] ?? '');
}

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export type PageOptions = {
  readonly status?: number;
  /** Where forms of the page may lead beside this server: origins or schemes. */
  readonly formTargets?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
};

/** A page of ours: one column, without a script. */
export function page(title: string, body: Html, options: PageOptions = {}): Response {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Carillon</title>
        ${new Html(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main>
          ${BELL}
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `;
  const targets = ["'self'", ...(options.formTargets ?? [])].join(' ');
  return new Response(document.text, {
    status: options.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src '${STYLE_HASH}'; form-action ${targets}; base-uri 'none'; frame-ancestors 'none'`,
      // A form of a page without any referrer would name no origin, and be turned away.
      'referrer-policy': 'same-origin',
      ...options.headers,
    },
  });
}

/** A page that says one thing. */
export function message(title: string, sentence: string, options: PageOptions = {}): Response {
  return page(title, html`<p>${sentence}</p>`, options);
}

/** The bell of the dashboard; decoration, so nobody is told of it. */
const BELL = new Html(
  '<svg class="bell" aria-hidden="true" viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M10.268 21a2 2 0 0 0 3.464 0"/><path d="M3.262 15.326A1 1 0 0 0 4 17h16a1 1 0 0 0 .74-1.673C19.41 13.956 18 12.499 18 8A6 6 0 0 0 6 8c0 4.499-1.411 5.956-2.738 7.326"/></svg>',
);

// The colours are those of the dashboard, by the names that it gives them.
const STYLE = `
:root { color-scheme: light dark; --paper: #faf8f5; --sheet: #fff; --line: #e2dbd1; --edge: #8f8477; --ink: #1f1b16; --soft: #5d554b; --bronze: #8a5a0b; --on-bronze: #fff; --warn: #855300; --warn-wash: #fcefd2; }
@media (prefers-color-scheme: dark) { :root { --paper: #161412; --sheet: #1e1b18; --line: #38322c; --edge: #7d7266; --ink: #f1ece5; --soft: #b5aa9d; --bronze: #e2b25c; --on-bronze: #1c1509; --warn: #f0bd5a; --warn-wash: #372912; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--paper); color: var(--ink); font: 0.9375rem/1.5 system-ui, -apple-system, 'Segoe UI', 'Open Sans', sans-serif; }
main { max-width: 28rem; margin: 8vh auto 0; padding: 1.5rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 0.75rem; overflow-wrap: anywhere; }
.bell { display: block; margin: 0 0 0.75rem; color: var(--bronze); }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.25; letter-spacing: -0.015em; font-weight: 600; }
h2 { margin: 1.5rem 0 0.75rem; font-size: 1rem; font-weight: 600; }
p { margin: 0 0 1rem; }
ul { margin: 0 0 1rem; padding: 0; list-style: none; }
li { margin: 0 0 0.5rem; }
label { display: block; font-weight: 500; }
li label { font-weight: 400; }
.faint { color: var(--soft); font-size: 0.875rem; }
.warning { padding: 0.75rem; border-radius: 0.5rem; background: var(--warn-wash); color: var(--warn); }
.host { font-weight: 600; }
input[type=password] { width: 100%; min-height: 2.75rem; margin: 0.25rem 0 1rem; padding: 0.5rem 0.75rem; font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--edge); border-radius: 0.375rem; }
input[type=checkbox] { width: 1.25rem; height: 1.25rem; margin: 0 0.5rem 0 0; vertical-align: -0.25rem; accent-color: var(--bronze); }
button { width: 100%; min-height: 2.75rem; margin: 0 0 0.5rem; padding: 0.5rem 1rem; font: inherit; font-weight: 500; color: var(--on-bronze); background: var(--bronze); border: 1px solid transparent; border-radius: 0.375rem; cursor: pointer; }
button:hover { opacity: 0.9; }
button.plain { color: var(--ink); background: transparent; border-color: var(--line); }
button.plain:hover { opacity: 1; border-color: var(--edge); }
:focus-visible { outline: 2px solid var(--bronze); outline-offset: 2px; }
a { color: var(--bronze); }
code { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace; font-size: 0.95em; }
`;

const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;
