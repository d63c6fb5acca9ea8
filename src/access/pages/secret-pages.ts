import { html, message, page } from './html.ts';

export const ASKED_SECRET_PATH = '/give-secret';

/** Asks for the value of a secret. What is typed is never part of a page. */
export function askedPage(
  name: string,
  link: string,
  fault: string | undefined,
  status = 200,
): Response {
  const told = fault === undefined ? undefined : html`<p class="warning" role="alert">${fault}</p>`;
  return page(
    'Store a secret',
    html`${told}
      <p>
        Carillon was asked to store the secret <span class="host">${name}</span>. Tasks may use it,
        and nobody can read it back. Go on only if you asked for it.
      </p>
      <form method="post" action="${ASKED_SECRET_PATH}">
        <input type="hidden" name="link" value="${link}" />
        <label for="value">Value</label>
        <input
          type="password"
          id="value"
          name="value"
          autocomplete="off"
          spellcheck="false"
          required
          autofocus
        />
        <button>Store it</button>
      </form>
      <p class="faint">
        A value of several lines: <code>carillon secrets set ${name} &lt; file</code>
      </p>`,
    { status },
  );
}

export function storedPage(name: string): Response {
  return message('Stored', `The secret ${name} is stored. You can close this page.`, {
    status: 200,
  });
}

export function deadAskPage(): Response {
  return message(
    'This link has ended',
    'A link can be used once and for fifteen minutes. Ask for another one where you got it.',
    { status: 410 },
  );
}
