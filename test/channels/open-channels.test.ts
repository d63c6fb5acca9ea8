import { writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { readChannelSettings } from '../../src/channels/channel-settings.ts';
import { openChannels } from '../../src/channels/open-channels.ts';
import { createEgress } from '../../src/egress/egress.ts';
import type { Channels, Notice } from '../../src/ports/channels.ts';
import { closedPort, httpServer } from '../egress/servers.ts';
import { memorySecrets } from '../support/memory-secrets.ts';
import { quietLog } from '../support/quiet-log.ts';
import { removeFolder, temporaryFolder } from '../support/real-daemon.ts';
import { setClock } from '../support/set-clock.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const NOTICE: Notice = {
  key: 'run_1',
  title: 'Stand-up',
  body: 'Room 3',
  level: 'info',
  sound: undefined,
};
const SIGNAL = new AbortController().signal;

async function open(
  settings: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>> = {},
): Promise<Channels & { readonly logged: () => string }> {
  const egress = createEgress({ profile: 'laptop', allow: [], ownEndpoints: () => [] });
  closers.push(() => egress.close());
  const clock = setClock();
  const vault = memorySecrets(clock);
  for (const [name, value] of Object.entries(secrets)) await vault.set(name, value);
  const log = quietLog();
  const channels = openChannels({
    settings: readChannelSettings(settings),
    desktop: { system: 'linux', environment: {}, userId: undefined, folder: '/nonexistent' },
    egress,
    secrets: vault,
    home: '/nonexistent',
    clock,
    log,
  });
  return { ...channels, logged: () => JSON.stringify(log.lines) };
}

type Taken = { readonly request: IncomingMessage; readonly body: string };

async function server(status = 200): Promise<{ readonly url: string; readonly taken: Taken[] }> {
  const taken: Taken[] = [];
  const { url, close } = await httpServer((request, response) => {
    let body = '';
    request.on('data', (bytes: Buffer) => {
      body += bytes.toString();
    });
    request.on('end', () => {
      taken.push({ request, body });
      response.writeHead(status, { location: 'http://127.0.0.1:1/elsewhere' }).end('an answer');
    });
  });
  closers.push(close);
  return { url, taken };
}

describe('the channels', () => {
  it('are the desktop when none is configured', async () => {
    const channels = await open({});
    expect(channels.list()).toEqual([{ name: 'desktop', kind: 'desktop' }]);
    expect(await channels.deliver([], NOTICE, SIGNAL)).toEqual([
      {
        channel: 'desktop',
        isDelivered: false,
        note: 'There is no session bus: nobody is logged in at a desktop here.',
      },
    ]);
  });

  it('are tried in their order until one has taken the notice', async () => {
    const refusing = await server(500);
    const taking = await server(200);
    const channels = await open({
      desk: { kind: 'desktop' },
      first: { kind: 'ntfy', topic: 'a', url: refusing.url },
      second: { kind: 'ntfy', topic: 'b', url: taking.url },
      third: { kind: 'ntfy', topic: 'c', url: taking.url },
    });
    const told = await channels.deliver([], NOTICE, SIGNAL);
    expect(told.map(({ channel, isDelivered, note }) => [channel, isDelivered, note])).toEqual([
      ['desk', false, 'There is no session bus: nobody is logged in at a desktop here.'],
      ['first', false, 'The server answered with status 500.'],
      ['second', true, 'The server took it with status 200.'],
    ]);
    expect(taking.taken.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { topic: 'b', title: 'Stand-up', message: 'Room 3', priority: 3 },
    ]);
  });

  it('are only those that were named, and one that is not there is said to be so', async () => {
    const taking = await server();
    const channels = await open({ phone: { kind: 'ntfy', topic: 'a', url: taking.url } });
    expect(await channels.deliver(['pager', 'phone'], NOTICE, SIGNAL)).toMatchObject([
      { channel: 'pager', isDelivered: false, note: 'There is no channel of this name.' },
      { channel: 'phone', isDelivered: true },
    ]);
  });

  it('follow no redirect, for the address and the body hold secrets', async () => {
    const away = await server(307);
    const channels = await open({ team: { kind: 'slack', url_secret: 'S' } }, { S: away.url });
    expect(await channels.deliver([], NOTICE, SIGNAL)).toMatchObject([
      { isDelivered: false, note: 'The server answered with status 307.' },
    ]);
  });

  it('take a secret from the vault or from a file, and never tell it', async () => {
    const taking = await server();
    const folder = temporaryFolder();
    closers.push(() => removeFolder(folder));
    const file = join(folder, 'token');
    writeFileSync(file, '12:from-file\n');
    const down = `http://127.0.0.1:${await closedPort()}`;
    const settings = {
      gone: { kind: 'telegram', chat: '1', token_secret: 'TG', url: down },
      none: { kind: 'telegram', chat: '1', token_secret: 'NOT_SET', url: taking.url },
      missing: { kind: 'telegram', chat: '1', token_file: `${file}.no`, url: taking.url },
      bot: { kind: 'telegram', chat: '1', token_file: file, url: taking.url },
    };
    const channels = await open(settings, { TG: '12:from-vault' });
    const told = await channels.deliver([], NOTICE, SIGNAL);
    expect(told.map(({ isDelivered }) => isDelivered)).toEqual([false, false, false, true]);
    expect(told[1]?.note).toBe('The vault has no secret named "NOT_SET".');
    expect(told[2]?.note).toBe('The file of "token_file" cannot be read.');
    expect(taking.taken[0]?.request.url).toBe('/bot12%3Afrom-file/sendMessage');
    expect(JSON.stringify(told) + channels.logged()).not.toMatch(/from-vault|from-file/);
  });

  it('stop when they are to stop', async () => {
    const silent = await httpServer(() => undefined);
    closers.push(silent.close);
    const channels = await open({ phone: { kind: 'ntfy', topic: 'a', url: silent.url } });
    const stop = new AbortController();
    setTimeout(() => stop.abort('cancelled'), 50);
    expect(await channels.deliver([], NOTICE, stop.signal)).toMatchObject([{ isDelivered: false }]);
  });
});

describe('a mail', () => {
  type Mail = { readonly from: string; readonly to: readonly string[]; readonly text: string };

  async function mailServer(options: SMTPServerOptions = {}) {
    const mails: Mail[] = [];
    const logins: string[] = [];
    const smtp = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authOptional: true,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => {
        logins.push(`${username}:${password}`);
        if (password === 'right') done(null, { user: username ?? '' });
        else done(new Error('No.'));
      },
      onData: (stream, { envelope }, done) => {
        let text = '';
        stream.on('data', (bytes: Buffer) => {
          text += bytes.toString();
        });
        stream.on('end', () => {
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
          done();
        });
      },
      ...options,
    });
    await new Promise<void>((resolve) => {
      smtp.listen(0, '127.0.0.1', resolve);
    });
    closers.push(() => new Promise<void>((resolve) => smtp.close(resolve)));
    const { port } = smtp.server.address() as AddressInfo;
    const base = {
      kind: 'email',
      host: '127.0.0.1',
      port,
      from: 'me@a.example',
      to: 'you@b.example',
    };
    return { mails, logins, base };
  }

  it('reaches every recipient, with title and text as they are', async () => {
    const { mails, base } = await mailServer();
    const to = ['you@b.example', 'us@b.example'];
    const channels = await open({ post: { ...base, tls: 'none', to } });
    const notice = {
      ...NOTICE,
      title: 'Grüße\r\nBcc: evil@c.example',
      body: '.\r\n.. file:///etc/passwd <b>',
    };
    expect(await channels.deliver([], notice, SIGNAL)).toEqual([
      { channel: 'post', isDelivered: true, note: 'The mail server took it.' },
    ]);
    const [mail] = mails;
    expect(mail).toMatchObject({ from: 'me@a.example', to });
    expect(mail?.text).toContain('Subject: =?UTF-8?');
    expect(mail?.text).not.toMatch(/^Bcc:/m);
    expect(mail?.text).toContain('.. file:///etc/passwd <b>');
    expect(mail?.text).toContain('X-Carillon-Notice: run_1');
  });

  it('logs in with the password of the vault, and says when it is refused', async () => {
    const { logins, base } = await mailServer({ authOptional: false });
    const post = { ...base, tls: 'none', user: 'me', password_secret: 'MAIL' };
    const right = await open({ post }, { MAIL: 'right' });
    expect(await right.deliver([], NOTICE, SIGNAL)).toMatchObject([{ isDelivered: true }]);
    const wrong = await open({ post }, { MAIL: 'wrong' });
    expect(await wrong.deliver([], NOTICE, SIGNAL)).toMatchObject([
      { isDelivered: false, note: 'The mail server refused the user name or the password.' },
    ]);
    expect(logins).toEqual(['me:right', 'me:wrong']);
  });

  it('is not sent over an open line unless the configuration says so', async () => {
    const { mails, base } = await mailServer();
    const channels = await open({ post: base });
    const [told] = await channels.deliver([], NOTICE, SIGNAL);
    expect(told).toMatchObject({ isDelivered: false });
    expect(told?.note).toContain('no safe connection');
    expect(mails).toEqual([]);
  });

  it('says when the server cannot be reached', async () => {
    const base = { kind: 'email', host: '127.0.0.1', from: 'me@a.example', to: 'you@b.example' };
    const channels = await open({ post: { ...base, port: await closedPort(), tls: 'none' } });
    expect(await channels.deliver([], NOTICE, SIGNAL)).toMatchObject([
      { isDelivered: false, note: 'The mail server could not be reached.' },
    ]);
  });
});
