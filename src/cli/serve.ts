import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { logDefects } from '../daemon/log-defects.ts';
import { openDaemon, type Daemon } from '../daemon/open-daemon.ts';
import { readSetup } from '../daemon/read-setup.ts';
import { packageFolder } from '../installation/package.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { serveSettings, type ServeFlags } from './serve-settings.ts';

/** `carillon serve`: the daemon, in this process, until a signal comes. */
export async function serve(context: Context, flags: ServeFlags): Promise<void> {
  const setup = readSetup(
    { data: context.places.dataFolder, config: context.places.configFile },
    serveSettings(flags),
    context.machine,
  );
  const daemon = await openDaemon(setup);
  logDefects(daemon.log);
  // Anybody who may send a signal could else open the debugger of this process.
  process.on('SIGUSR1', () => undefined);
  if (context.isJson) process.stdout.write(`${JSON.stringify(daemon.notice)}\n`);
  else if (!context.isQuiet) process.stdout.write(`${whatNext(context, daemon)}\n`);
  // A terminal that is closed must not stop the daemon in the middle of a line.
  process.stdout.removeAllListeners('error').on('error', () => undefined);
  process.exitCode = await stopOnSignal(daemon);
}

/** The first signal lets runs finish; a second one does not wait. */
async function stopOnSignal(daemon: Daemon): Promise<number> {
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of STOP_SIGNALS) process.once(name, resolve);
  });
  for (const name of STOP_SIGNALS) process.on(name, () => process.exit(EXIT.interrupted));
  await daemon.stop(signal);
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.ok;
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

function whatNext(context: Context, daemon: Daemon): string {
  const { notice } = daemon;
  const carillon = commandOfThis();
  const data = isConventional(context) ? [] : ['--data', context.places.dataFolder];
  const snippet = {
    mcpServers: {
      carillon: { command: carillon[0], args: [...carillon.slice(1), 'mcp', ...data] },
    },
  };
  const typed = [...carillon, ...data].map(quoted).join(' ');
  return `Carillon ${notice.version} is running.

  address      ${notice.http === undefined ? 'none' : `http://${bracketed(notice.http.host)}:${String(notice.http.port)}`}
  data folder  ${context.places.dataFolder}
  token        ${daemon.files.token}

Connect an assistant: add this to the MCP configuration of your client.

${JSON.stringify(snippet, undefined, 2)}

Or begin here, in another terminal:

  ${typed} tasks add hello --when "every minute" -- echo hello
  ${typed} status

Ctrl-C stops it. To run it in the background: ${typed} up`;
}

function isConventional({ machine, places }: Context): boolean {
  const named = machine.environment['CARILLON_DATA'];
  return (
    (named === undefined || named === '') &&
    !process.argv.includes('--data') &&
    places.dataFolder !== ''
  );
}

/** How to call this program by absolute paths: desktop clients know no PATH. */
function commandOfThis(): readonly [string, ...string[]] {
  const script = join(packageFolder(), 'carillon');
  if (process.platform !== 'win32' && existsSync(script)) return [script];
  return [process.execPath, join(packageFolder(), 'bin', 'carillon.cjs')];
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
