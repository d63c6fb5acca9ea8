import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { egressProfile } from '../daemon/config.ts';
import { logDefects } from '../daemon/log-defects.ts';
import { openDaemon, type Daemon } from '../daemon/open-daemon.ts';
import { readSetup, type Setup } from '../daemon/read-setup.ts';
import type { DaemonNotice } from '../installation/daemon-notice.ts';
import { packageFolder } from '../installation/package.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { serveSettings, type ServeFlags } from './serve-settings.ts';

/** `carillon serve`: the daemon, in this process, until a signal comes. */
export async function serve(context: Context, flags: ServeFlags): Promise<void> {
  // Anybody who may send a signal could else open the debugger of this process.
  process.on('SIGUSR1', () => undefined);
  const setup = readSetup(
    { data: context.places.dataFolder, config: context.places.configFile },
    serveSettings(flags),
    context.machine,
  );
  const daemon = await openDaemon(setup);
  logDefects(daemon.log);
  if (context.isJson) process.stdout.write(`${JSON.stringify(daemon.notice)}\n`);
  else if (!context.isQuiet) process.stdout.write(`${whatNext(context, setup, daemon)}\n`);
  // A terminal that is closed must not stop the daemon in the middle of a line.
  process.stdout.removeAllListeners('error').on('error', () => undefined);
  process.exitCode = await stopOnSignal(daemon);
}

/** The first signal lets runs finish; a second one does not wait. */
async function stopOnSignal(daemon: Daemon): Promise<number> {
  const signal = await new Promise<NodeJS.Signals | typeof GONE>((resolve) => {
    for (const name of STOP_SIGNALS) process.once(name, resolve);
    const watch = setInterval(() => {
      if (!existsSync(daemon.files.database)) resolve(GONE);
    }, LOOK_EVERY_MS);
    watch.unref();
  });
  for (const name of STOP_SIGNALS) process.on(name, () => process.exit(EXIT.interrupted));
  await daemon.stop(signal);
  if (signal === GONE) return EXIT.failure;
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.ok;
}

/** Whoever removed the data folder does not want its daemon either, and a new one could not be told apart. */
const GONE = 'the data folder is gone';
const LOOK_EVERY_MS = 5_000;

const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

function whatNext(context: Context, setup: Setup, daemon: Daemon): string {
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

  address      ${addressOf(setup, notice)}
  profile      ${profileOf(setup)}
  data folder  ${context.places.dataFolder}
  token        ${daemon.files.token}

Connect an assistant: add this to the MCP configuration of your client.

${JSON.stringify(snippet, undefined, 2)}

Or begin here, in another terminal:

  ${typed} tasks add hello --when "every minute" -- echo hello
  ${typed} status
  ${typed} open        # a link to the dashboard

Ctrl-C stops it. To run it in the background: ${typed} up`;
}

/** Under which rules it runs: those of one person's laptop, or of a machine that others reach. */
function profileOf({ config }: Setup): string {
  const profile = egressProfile(config);
  return profile === 'laptop'
    ? 'laptop (tasks may reach private networks)'
    : 'shared (tasks may not reach private networks)';
}

function addressOf({ config, origins }: Setup, { http }: DaemonNotice): string {
  if (http === undefined) return 'none';
  const isElsewhere = origins.port === 'default' && http.port !== config.port;
  const note = isElsewhere ? ` (another program has ${String(config.port)})` : '';
  return `http://${bracketed(http.host)}:${String(http.port)}${note}`;
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
