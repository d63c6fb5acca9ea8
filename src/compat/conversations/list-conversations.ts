import type { JsonObject } from '../../domain/json.ts';
import type { Services } from '../../service/services.ts';
import { conversationOf, progressOf, STATUSES, type Conversation } from './find-conversation.ts';
import { wireConversation } from './wire-conversation.ts';

const PAGE_ITEMS = 50;
const PAGE_SIZE_DEFAULT = 10;
const PAGE_SIZE_MAX = 100;
/** The older system's answer counts everything, so everything is looked at, up to this. */
const CONVERSATIONS_MAX = 5_000;

export type ListQuery = {
  readonly page: string | undefined;
  readonly pageSize: string | undefined;
  readonly status: string | undefined;
};

/** A page of conversations, newest first, as the older system numbers its pages. */
export async function listConversations(services: Services, query: ListQuery): Promise<JsonObject> {
  const page = Math.max(1, wholeOr(query.page, 1));
  const pageSize = Math.min(PAGE_SIZE_MAX, Math.max(1, wholeOr(query.pageSize, PAGE_SIZE_DEFAULT)));
  const status = STATUSES.find((name) => name.toLowerCase() === query.status?.toLowerCase());
  const all = await allConversations(services);
  const wanted: Conversation[] = [];
  for (const each of all) {
    if (status === undefined || (await progressOf(services, each)).status === status) {
      wanted.push(each);
    }
  }
  const shown = wanted.slice((page - 1) * pageSize, page * pageSize);
  const data: JsonObject[] = [];
  for (const each of shown) data.push(wireConversation(each, await progressOf(services, each)));
  const totalPages = Math.ceil(wanted.length / pageSize);
  return { data, page, pageSize, totalCount: wanted.length, totalPages };
}

async function allConversations(services: Services): Promise<readonly Conversation[]> {
  const found: Conversation[] = [];
  let cursor: string | undefined;
  for (let seen = 0; seen < CONVERSATIONS_MAX; seen += PAGE_ITEMS) {
    const page = await services.listTasks({
      limit: PAGE_ITEMS,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items.flatMap((task) => conversationOf(task) ?? []));
    ({ cursor } = page);
    if (cursor === undefined) break;
  }
  return found;
}

function wholeOr(text: string | undefined, fallback: number): number {
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : fallback;
}
