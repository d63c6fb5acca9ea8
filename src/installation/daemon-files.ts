import { join } from 'node:path';

/** The files of a data folder. */
export type DaemonFiles = {
  readonly folder: string;
  readonly database: string;
  /** Held by the daemon for its life. */
  readonly lock: string;
  /** Wanted by the HTTP door; readable by its owner alone. */
  readonly token: string;
  readonly keyFile: string;
  /** Seals what MCP clients hold for us between two requests. */
  readonly consentKey: string;
  /** Signs the tokens of agent runs. */
  readonly runTokenKey: string;
  readonly logFolder: string;
  /** Output that is kept, masked. */
  readonly outputFolder: string;
  /** What commands print, before it is masked. Served to nobody. */
  readonly spoolFolder: string;
  /** What engines of agents read while they run; may hold keys of MCP servers. */
  readonly agentFolder: string;
  /** What is remembered of attempts until their success has been looked at. */
  readonly checksFolder: string;
  readonly runFolder: string;
  /** Tells clients how to reach the daemon that runs now. */
  readonly notice: string;
  /** What a daemon that was started in the background printed before it had a log. */
  readonly startLog: string;
};

export function daemonFiles(folder: string): DaemonFiles {
  const runFolder = join(folder, 'run');
  const logFolder = join(folder, 'logs');
  return {
    folder,
    database: join(folder, 'carillon.db'),
    lock: join(folder, 'daemon.lock'),
    token: join(folder, 'token'),
    keyFile: join(folder, 'keys', 'master.key'),
    consentKey: join(folder, 'keys', 'consent.key'),
    runTokenKey: join(folder, 'keys', 'run-token.key'),
    logFolder,
    outputFolder: join(folder, 'output'),
    spoolFolder: join(folder, 'spool'),
    agentFolder: join(runFolder, 'agents'),
    checksFolder: join(runFolder, 'checks'),
    runFolder,
    notice: join(runFolder, 'daemon.json'),
    startLog: join(logFolder, 'start.log'),
  };
}
