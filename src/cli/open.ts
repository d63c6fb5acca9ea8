import { openApi } from './api-client.ts';
import { answer, talk, type Context } from './context.ts';

/** `carillon open`: prints a link that signs this person in to the pages of the daemon. */
export async function printSignInLink(context: Context): Promise<void> {
  const api = await openApi(context);
  const { url } = (await api.ask({ method: 'POST', path: '/sign-in-links' })) as {
    readonly url: string;
  };
  talk(context, 'Open this in a browser. It signs you in once, within five minutes:');
  answer(context, { url }, () => url);
}
