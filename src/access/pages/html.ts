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

const STYLE = `
:root { color-scheme: light dark; --text: #1c1b19; --faint: #5d5a54; --ground: #faf9f7; --card: #fff; --line: #d9d6cf; --act: #1f5fbf; --on-act: #fff; --warn: #8a4b00; --warn-ground: #fff3e0; }
@media (prefers-color-scheme: dark) { :root { --text: #ecebe8; --faint: #a9a69f; --ground: #161513; --card: #211f1d; --line: #3c3a36; --act: #8db8ff; --on-act: #10213d; --warn: #ffc37a; --warn-ground: #3a2a12; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 28rem; margin: 6vh auto 0; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.35rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 0.75rem; font-size: 1.1rem; }
p { margin: 0 0 1rem; }
ul { margin: 0 0 1rem; padding: 0; list-style: none; }
li { margin: 0 0 0.5rem; }
label { display: block; }
.faint { color: var(--faint); font-size: 0.9rem; }
.warning { padding: 0.75rem; border-radius: 0.5rem; background: var(--warn-ground); color: var(--warn); }
.host { font-weight: 600; }
input[type=password] { width: 100%; min-height: 2.75rem; margin: 0.25rem 0 1rem; padding: 0.5rem 0.75rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 0.5rem; }
input[type=checkbox] { width: 1.25rem; height: 1.25rem; margin: 0 0.5rem 0 0; vertical-align: -0.2rem; }
button { width: 100%; min-height: 2.75rem; margin: 0 0 0.5rem; padding: 0.5rem 1rem; font: inherit; font-weight: 600; color: var(--on-act); background: var(--act); border: 1px solid var(--act); border-radius: 0.5rem; cursor: pointer; }
button.plain { color: var(--text); background: transparent; border-color: var(--line); font-weight: 400; }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
a { color: var(--act); }
code { font-family: ui-monospace, monospace; font-size: 0.95em; }
`;

const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;
