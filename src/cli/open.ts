import { openApi } from './api-client.ts';
import { usageFailure } from './cli-failure.ts';
import { answer, talk, type Context } from './context.ts';

/**
 * `carillon open`: prints a link that signs this person in to the pages of the daemon.
 *
 * @param page the path of the page that it leads to; the first one when absent.
 */
export async function printSignInLink(context: Context, page: string | undefined): Promise<void> {
  if (page?.startsWith('/') === false) {
    throw usageFailure('A page is named by its path.', 'For example: carillon open /inbox');
  }
  const api = await openApi(context);
  const made = (await api.ask({ method: 'POST', path: '/sign-in-links' })) as {
    readonly url: string;
  };
  const url = page === undefined ? made.url : `${made.url}&next=${encodeURIComponent(page)}`;
  talk(context, 'Open this in a browser. It signs you in once, within five minutes:');
  answer(context, { url }, () => url);
}
