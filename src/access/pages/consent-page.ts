import type { Scope } from '../../domain/principal.ts';
import { html, message, page } from './html.ts';

export type ConsentQuestion = {
  /** As the program calls itself. Text from outside. */
  readonly clientName: string;
  /** The host that vouches for the name, when its description was fetched from there. */
  readonly clientHost: string | undefined;
  readonly redirectUri: string;
  readonly scopes: readonly Scope[];
  readonly action: string;
  readonly csrf: string;
};

const SAYS: Readonly<Record<Scope, string>> = {
  'tasks:read': 'See tasks, runs and what they print',
  'tasks:write': 'Make, change and delete tasks',
  'tasks:run': 'Start and stop runs',
  admin: 'Everything: secrets, keys and settings too',
};

/** Asks a person whether a program may act, and how far. */
export function consentPage(question: ConsentQuestion): Response {
  const { clientName, clientHost, redirectUri, scopes, action, csrf } = question;
  const target = targetOf(redirectUri);
  const vouched =
    clientHost === undefined
      ? html`<p class="faint">The name is its own statement; nobody has checked it.</p>`
      : html`<p class="faint">Described by <span class="host">${clientHost}</span>.</p>`;
  const warning = target.isLocal
    ? html`<p class="warning">
        The answer goes to a program on the computer of this browser (<span class="host"
          >${target.name}</span
        >). Any program there can claim to be this one: go on only if you have just asked for it.
      </p>`
    : html`<p>
        The answer goes to <span class="host">${target.name}</span>. Go on only if you know this
        address.
      </p>`;
  return page(
    `Let ${clientName} in?`,
    html`${vouched} ${warning}
      <form method="post" action="${action}">
        <input type="hidden" name="csrf" value="${csrf}" />
        <ul>
          ${scopes.map(
            (scope) =>
              html`<li>
                <label
                  ><input
                    type="checkbox"
                    name="scope"
                    value="${scope}"
                    checked
                  />${SAYS[scope]}</label
                >
              </li>`,
          )}
        </ul>
        <button name="answer" value="approve">Let it in</button>
        <button name="answer" value="deny" class="plain">Refuse</button>
      </form>`,
    { formTargets: [target.source] },
  );
}

/** Where an answer goes: what a person is told of it, and what a content policy calls it. */
function targetOf(redirectUri: string): {
  readonly name: string;
  readonly source: string;
  readonly isLocal: boolean;
} {
  const url = new URL(redirectUri);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { name: url.protocol, source: url.protocol, isLocal: true };
  }
  // A content policy has no way to write an IPv6 address.
  const source = url.hostname.startsWith('[') ? url.protocol : url.origin;
  return { name: url.host, source, isLocal: url.protocol === 'http:' };
}

export function answeredPage(): Response {
  return message(
    'This has been answered',
    'The question was answered already, or has ended. You can close this page; to connect again, begin in the program.',
    { status: 409 },
  );
}
