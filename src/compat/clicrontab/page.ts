import { toPlainText } from '../../domain/masking/plain-text.ts';

/** A task and a run as the REST interface writes them. */
export type PageTask = {
  readonly id: string;
  readonly name?: string;
  readonly command: string;
  readonly cron: string;
  readonly status: string;
  readonly last_run_at?: string;
  readonly next_run_at?: string;
};
export type PageRun = {
  readonly id: string;
  readonly status: string;
  readonly started_at?: string;
  readonly ended_at?: string;
  readonly exit_code?: number;
  readonly error?: string;
};

/** The whole of the style: the door allows this text and no other. */
export const PAGE_STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}' +
  'table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;vertical-align:top;overflow-wrap:anywhere}' +
  'thead{border-bottom:1px solid}code{white-space:pre-wrap}';

const COMMAND_CHARS_MAX = 200;
/** Seconds between two looks, as in the older page. */
const REFRESH_S = 5;
/** Lines of a log that a link shows. */
const LOG_LINES = 500;

/** Asks for the token that the older system was given. */
export function tokenPage(wasWrong: boolean): string {
  const note = wasWrong ? markup`<p role="alert">令牌不正确。</p>` : EMPTY;
  return page(
    '任务',
    EMPTY,
    markup`${note}<form><label>令牌 <input name="token" type="password" required autocomplete="off"></label> <button>进入</button></form>`,
  );
}

/** @param token goes with every link when the page was asked for with it; absent without one. */
export function tasksPage(tasks: readonly PageTask[], token: string | undefined): string {
  const rows = tasks.map(
    (task) => markup`<tr>
<td><a href="${link('/', { task: task.id }, token)}">${task.name ?? task.id.slice(0, 8)}</a></td>
<td>${task.status === 'active' ? '▶️ active' : `⏸️ ${task.status}`}</td>
<td><code>${task.cron}</code></td>
<td><code>${shortened(task.command)}</code></td>
<td>${task.last_run_at ?? '-'}</td>
<td>${task.next_run_at ?? '-'}</td>
</tr>`,
  );
  const table = markup`<table><thead><tr><th>名称</th><th>状态</th><th>Cron</th><th>Prompt</th><th>上次运行</th><th>下次运行</th></tr></thead><tbody>${rows}</tbody></table>`;
  const list = tasks.length === 0 ? markup`<p>没有找到任务</p>` : table;
  return page('任务', REFRESH, markup`${list}${onward(token)}`);
}

export function runsPage(
  task: PageTask,
  runs: readonly PageRun[],
  token: string | undefined,
): string {
  const rows = runs.map((run) => {
    const log = link(`/v1/runs/${run.id}/log`, { tail: String(LOG_LINES) }, token);
    return markup`<tr>
<td><a href="${log}">${run.id.slice(0, 8)}</a></td>
<td>${run.status}</td>
<td>${run.started_at ?? '-'}</td>
<td>${run.ended_at ?? '-'}</td>
<td>${run.exit_code === undefined ? '-' : String(run.exit_code)}</td>
<td>${run.error ?? ''}</td>
</tr>`;
  });
  const table = markup`<table><thead><tr><th>运行 ID</th><th>状态</th><th>开始</th><th>结束</th><th>退出码</th><th>错误</th></tr></thead><tbody>${rows}</tbody></table>`;
  const back = markup`<p><a href="${link('/', {}, token)}">任务</a></p><p><code>${task.cron} ${task.command}</code></p>`;
  return page(
    task.name ?? task.id,
    REFRESH,
    markup`${back}${runs.length === 0 ? markup`<p>该任务暂无运行记录</p>` : table}${onward(token)}`,
  );
}

/** Text that is markup already; everything else is escaped before it becomes part of one. */
type Markup = { readonly html: string };

const EMPTY: Markup = { html: '' };
const REFRESH = markup`<meta http-equiv="refresh" content="${String(REFRESH_S)}">`;

function markup(
  texts: TemplateStringsArray,
  ...values: readonly (string | Markup | readonly Markup[])[]
): Markup {
  const htmlOf = (value: string | Markup | readonly Markup[]): string => {
    if (typeof value === 'string') return escaped(value);
    return 'html' in value ? value.html : value.map(({ html }) => html).join('\n');
  };
  return {
    html: texts.map((text, at) => (at === 0 ? '' : htmlOf(values[at - 1] ?? '')) + text).join(''),
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return toPlainText(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function shortened(command: string): string {
  return command.length > COMMAND_CHARS_MAX ? `${command.slice(0, COMMAND_CHARS_MAX)}…` : command;
}

function link(
  path: string,
  query: Readonly<Record<string, string>>,
  token: string | undefined,
): string {
  const search = new URLSearchParams({ ...query, ...(token === undefined ? {} : { token }) });
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

/** Leads to the pages of Carillon, where tasks are made and changed too. */
export const DASHBOARD_PATH = '/dashboard';

function onward(token: string | undefined): Markup {
  return markup`<p><a href="${link(DASHBOARD_PATH, {}, token)}">Carillon</a></p>`;
}

function page(title: string, head: Markup, body: Markup): string {
  const style: Markup = { html: PAGE_STYLE };
  return markup`<!doctype html>
<html lang="zh">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} · clicrontab</title>${head}<style>${style}</style></head>
<body><h1>${title}</h1>
${body}
</body></html>
`.html;
}
