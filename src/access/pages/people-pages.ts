import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from '../people/password.ts';
import type { GivenGrant } from '../oauth/grants.ts';
import { html, message, page } from './html.ts';

/** @param next where to go on afterwards; a path of ours. */
export function signInPage(
  next: string,
  hasPassword: boolean,
  fault: string | undefined,
  status = 200,
): Response {
  const told = fault === undefined ? undefined : html`<p class="warning" role="alert">${fault}</p>`;
  const form = html`<form method="post" action="/sign-in">
    <input type="hidden" name="next" value="${next}" />
    <label for="password">Password</label>
    <input
      type="password"
      id="password"
      name="password"
      autocomplete="current-password"
      required
      autofocus
    />
    <button>Sign in</button>
  </form>`;
  return page(
    'Sign in',
    html`${told} ${hasPassword ? form : undefined}
      <p class="faint">
        ${hasPassword ? 'Or type' : 'Type'} <code>carillon open</code> on the machine of the daemon:
        it prints a link that signs you
        in.${hasPassword ? '' : ' Afterwards you can set a password.'}
      </p>`,
    { status },
  );
}

/** A link is followed by machines too; only a person presses the button. */
export function linkPage(link: string, next: string): Response {
  return page(
    'Sign in',
    html`<p>This link signs this browser in to Carillon. It can be used once.</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="link" value="${link}" />
        <input type="hidden" name="next" value="${next}" />
        <button autofocus>Sign in</button>
      </form>`,
  );
}

export function deadLinkPage(): Response {
  return message(
    'This link has ended',
    'A link can be used once and for five minutes. Type “carillon open” for a new one.',
    { status: 410 },
  );
}

export type AccountView = {
  readonly csrf: string;
  readonly hasPassword: boolean;
  readonly grants: readonly GivenGrant[];
  readonly note: string | undefined;
  readonly status: number;
};

export function accountPage({ csrf, hasPassword, grants, note, status }: AccountView): Response {
  const token = html`<input type="hidden" name="csrf" value="${csrf}" />`;
  const given = grants.map(
    ({ id, clientName, scopes, givenAt }) =>
      html`<li>
        <form method="post" action="/account">
          ${token}<input type="hidden" name="grant" value="${id}" />
          <p>
            <span class="host">${clientName}</span><br />
            <span class="faint"
              >${scopes.join(', ')}; since ${givenAt.toString().slice(0, 10)}</span
            >
          </p>
          <button class="plain">Take it back</button>
        </form>
      </li>`,
  );
  return page(
    'Your account',
    html`${note === undefined ? undefined : html`<p role="status">${note}</p>`}
      <form method="post" action="/account">
        ${token}
        <label for="password">${hasPassword ? 'Another password' : 'A password'}</label>
        <input
          type="password"
          id="password"
          name="password"
          autocomplete="new-password"
          minlength="${PASSWORD_CHARS_MIN}"
          maxlength="${PASSWORD_CHARS_MAX}"
          required
        />
        <p class="faint">
          At least ${PASSWORD_CHARS_MIN} characters. Every other browser is signed out.
        </p>
        <button>Set the password</button>
      </form>
      <h2>Programs that you let in</h2>
      ${
        given.length === 0
          ? html`<p class="faint">None.</p>`
          : html`<ul>
              ${given}
            </ul>`
      }
      <form method="post" action="/sign-out">
        ${token}
        <button class="plain">Sign out</button>
      </form>`,
    { status },
  );
}
