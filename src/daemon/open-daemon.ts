import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { openAccess, type Access } from '../access/open-access.ts';
import type { BasicLogin } from '../access/people/people.ts';
import type { ActionKind } from '../domain/action.ts';
import { policyWith } from '../domain/policy/policy.ts';
import type { Budget } from '../domain/budget/budget.ts';
import { Refusal } from '../domain/refusal.ts';
import { kindTag } from '../domain/task.ts';
import { createEgress } from '../egress/egress.ts';
import { startAlerter } from '../engine/alerter.ts';
import { startEngine, type Engine } from '../engine/engine.ts';
import { createLiveWork } from '../engine/live-work.ts';
import { agentExecutor } from '../executors/agent/agent-executor.ts';
import { engineProbe } from '../executors/agent/engine-probe.ts';
import { openChecks } from '../executors/checks/open-checks.ts';
import { commandExecutor } from '../executors/command/command-executor.ts';
import { allowedVariables } from '../executors/command/child-environment.ts';
import { gateWatcher } from '../executors/gate/gate-watcher.ts';
import { httpExecutor } from '../executors/http/http-executor.ts';
import { outgoing } from '../executors/http/outgoing.ts';
import { messageExecutor } from '../executors/message/message-executor.ts';
import { modelExecutor } from '../executors/model/model-executor.ts';
import { reminderExecutor } from '../executors/reminder/reminder-executor.ts';
import { openOutputStore } from '../output/open-output-store.ts';
import { packageVersion } from '../installation/package.ts';
import type { Checks } from '../ports/checks.ts';
import type { Channels } from '../ports/channels.ts';
import type { GateWatcher } from '../ports/gates.ts';
import type { Executor } from '../ports/executor.ts';
import type { OwnServer } from '../ports/own-server.ts';
import { openVault } from '../secrets/open-vault.ts';
import { servicesFor } from '../service/services-for.ts';
import type { DaemonFacts, ServicePorts } from '../service/services.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { processAnnouncer } from './announcer.ts';
import { offerBackups } from './backup/offer-backup.ts';
import { daemonBudgets } from './budget-setting.ts';
import { systemClock } from './clock.ts';
import { daemonChannels } from './daemon-channels.ts';
import { egressProfile, SETTINGS, type Config } from './config.ts';
import type { DaemonFiles } from '../installation/daemon-files.ts';
import {
  readDaemonNotice,
  removeDaemonNotice,
  writeDaemonNotice,
  type DaemonNotice,
} from '../installation/daemon-notice.ts';
import { randomIds } from './ids.ts';
import { takeLock, type Lock } from './lock.ts';
import { openLogFile, type LogFile } from './log-file.ts';
import { allowedHostsOf, openDoors, type Doors } from './open-doors.ts';
import { openRandomKey } from './random-key.ts';
import { runTokenOf, runTokenReader } from './run-tokens.ts';
import { prepareFolders } from './prepare-folders.ts';
import { publicEndpoints } from './public-endpoints.ts';
import type { Setup } from './read-setup.ts';

export type Daemon = {
  /** How clients reach it. */
  readonly notice: DaemonNotice;
  readonly files: DaemonFiles;
  readonly log: LogFile;
  /** Lets runs finish within the configured time, then closes everything. Asked again, it waits for the same end. */
  stop(reason: string): Promise<void>;
};

/**
 * Opens everything in a data folder and connects it. Refuses as `conflict`, with nothing changed,
 * when another process has the data folder.
 */
export async function openDaemon(setup: Setup): Promise<Daemon> {
  const { files } = setup;
  refuseBypassAsRoot(setup);
  prepareFolders(files);
  const lock = takeLock(files.lock);
  if (lock === undefined) throw held(files);
  // Closed in the reverse order, whether the start fails or the daemon ends.
  const closers: Closer[] = [];
  try {
    return await connect(setup, lock, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

/** What an agent without limits could do as root has no limit at all. */
function refuseBypassAsRoot({ config }: Setup): void {
  if (!config.accept_permission_bypass || process.getuid?.() !== 0) return;
  throw new Refusal(
    'forbidden',
    'accept_permission_bypass is refused while the daemon runs as root.',
    'Run the daemon as a user of its own, or leave the setting out.',
  );
}

type Closer = () => void | Promise<void>;

async function connect(setup: Setup, lock: Lock, closers: Closer[]): Promise<Daemon> {
  const { files, config } = setup;
  closers.push(() => {
    lock.release();
  });
  // One that was left behind names a process that may be somebody else's by now.
  rmSync(files.notice, { force: true });
  const startedAt = systemClock.now();
  const log = openLog(setup);
  closers.push(() => {
    log.close();
  });
  const inside = await openInside(setup, log, closers);
  // What the daemon tells about itself is known only when it runs.
  const running: { engine?: Engine; notice?: DaemonNotice } = {};
  const facts = (): DaemonFacts => ({
    version: packageVersion(),
    pid: process.pid,
    startedAt,
    dataFolder: files.folder,
    address: addressOf(running.notice),
    profile: egressProfile(config),
    nodeVersion: process.versions.node,
    tzdataVersion: process.versions['tz'] ?? 'unknown',
    alarms: running.engine?.alarms() ?? [],
  });
  const runTokenKey = openRandomKey(files.runTokenKey);
  const doors = await openDoors(
    setup,
    { ...inside.ports, daemon: facts },
    servicesFor({ ...inside.ports, daemon: facts }),
    inside.access,
    [runTokenReader(runTokenKey, inside.ports.store)],
  );
  closers.push(() => doors.close());
  for (const own of [doors.http, doors.conversations, doors.claudeRunner]) {
    if (own !== undefined) inside.ownEndpoints.push(own);
  }
  const ownPort = doors.http?.port ?? config.port;
  const names = allowedHostsOf(setup);
  inside.ownEndpoints.push(...publicEndpoints(names, ownPort));
  const notice: DaemonNotice = {
    pid: process.pid,
    version: packageVersion(),
    startedAt: startedAt.toString(),
    http: doors.http,
    socket: doors.socket,
  };
  const engine = startEngine(
    {
      ...inside.ports,
      executors: inside.executors,
      checks: inside.checks,
      gates: inside.gates,
      ownServer: (run) => ownServer(config, notice, runTokenOf(runTokenKey, run)),
    },
    engineSettings(setup),
  );
  const alerter = startAlerter(
    { ...inside.ports, channels: inside.channels },
    { byDefault: { on: config.alerts, channels: config.alert_channels } },
  );
  closers.push(() => alerter.stop());
  Object.assign(running, { engine, notice });
  writeDaemonNotice(files.notice, notice);
  closers.push(() => {
    removeDaemonNotice(files.notice, process.pid);
  });
  log.info('The daemon is running.', {
    version: notice.version,
    pid: notice.pid,
    node: process.versions.node,
    address: addressOf(notice),
  });
  return { notice, files, log, stop: stopper(setup, log, engine, doors, closers) };
}

/** Where the agents of this machine reach the daemon. */
function ownServer({ auth }: Config, { http }: DaemonNotice, token: string): OwnServer | undefined {
  if (!auth || http === undefined) return undefined;
  const isAny = http.host === '0.0.0.0' || http.host === '::';
  const address = addressOf(isAny ? { http: { ...http, host: '127.0.0.1' } } : { http });
  return address === undefined ? undefined : { url: `${address}/mcp`, token };
}

type Inside = {
  readonly access: Access;
  readonly ports: Omit<ServicePorts, 'daemon'>;
  readonly channels: Channels;
  readonly checks: Checks;
  readonly executors: ReadonlyMap<ActionKind, Executor>;
  readonly gates: GateWatcher;
  /** Filled in once the doors are open: HTTP actions never call the daemon itself. */
  readonly ownEndpoints: { readonly host: string; readonly port: number }[];
};

/** Opens everything that is neither a door nor the engine. */
async function openInside(setup: Setup, log: LogFile, closers: Closer[]): Promise<Inside> {
  const { files, config, machine } = setup;
  const clock = systemClock;
  const announcer = processAnnouncer(log);
  const store = await openSqliteStore({ file: files.database, clock, announcer, log });
  closers.push(() => store.close());
  const { masterKey } = setup;
  const secrets = await openVault({
    keyFile: masterKey.file,
    isKeyReadOnly: masterKey.isReadOnly,
    previousKeyFile: masterKey.previousFile,
    rows: store.secretRows,
    clock,
  });
  const ownEndpoints: { readonly host: string; readonly port: number }[] = [];
  const egress = createEgress({
    profile: egressProfile(config),
    allow: config.egress_allow,
    ownEndpoints: () => ownEndpoints,
  });
  closers.push(() => egress.close());
  const commands = commandExecutor({
    folder: files.spoolFolder,
    home: machine.home,
    environment: definedOnly(machine.environment),
    clock,
    log,
  });
  closers.push(() => commands.close());
  const asking = { egress, clock, log, version: packageVersion() };
  const environment = definedOnly(machine.environment);
  const agents = {
    engines: config.engines,
    environment,
    acceptsBypass: config.accept_permission_bypass,
    clock,
  };
  // Anybody may name the address of a client's description, so it is never a private one.
  const strictEgress = createEgress({
    profile: 'shared',
    allow: config.egress_allow,
    ownEndpoints: () => ownEndpoints,
  });
  closers.push(() => strictEgress.close());
  const access = openAccess(
    {
      apiKeys: store.apiKeys,
      records: store.accessRecords,
      audit: store.audit,
      clock,
      log,
      egress: strictEgress,
    },
    {
      key: openRandomKey(files.consentKey),
      publicUrl: config.public_url,
      basic: basicLogin(config),
    },
  );
  const channels = daemonChannels(setup, { egress, secrets, clock, log, environment });
  const checks = await openChecks({
    commands,
    egress,
    folder: files.checksFolder,
    home: machine.home,
    clock,
    log,
  });
  return {
    access,
    channels,
    checks,
    ports: {
      store,
      output: openOutputStore({ folder: files.outputFolder }),
      secrets,
      isDirectory,
      engines: engineProbe({ ...agents, home: machine.home }),
      announcer,
      clock,
      channels,
      outgoing: outgoing(asking),
      apiKeys: access.keys,
      // Whoever reaches a daemon without sign-in is its owner.
      admissions: access.admissions,
      backups: offerBackups(files, clock),
      signInLinks: config.auth ? access.signInLinks : { make: async () => access.address() },
      secretPages: access.secretPages,
      ids: randomIds,
      log,
      liveWork: createLiveWork(),
      policy: policyWith(config.policy),
      isReadOnly: config.read_only,
      quotas: { tasks: config.quota_tasks, runsPerHour: config.quota_runs_per_hour },
      settings: {
        zone: zoneOf(setup),
        intervalMsMin: config.interval_ms_min,
        home: machine.home,
        ...budgetSetting(setup),
        ...(config.public_url === '' ? {} : { publicUrl: new URL(config.public_url).origin }),
        wantsSignIn: config.auth,
        alerts: { on: config.alerts, channels: config.alert_channels },
      },
    },
    gates: gateWatcher({
      egress,
      home: machine.home,
      environment: allowedVariables(environment, machine.home),
    }),
    executors: new Map<ActionKind, Executor>([
      ['command', commands],
      [
        'agent',
        agentExecutor({
          ...agents,
          commands,
          folder: files.agentFolder,
          zone: Temporal.Now.timeZoneId(),
        }),
      ],
      ['http', httpExecutor(asking)],
      ['message', messageExecutor(asking)],
      ['model', modelExecutor({ egress, environment, clock, log })],
      ['reminder', reminderExecutor({ channels, clock })],
    ]),
    ownEndpoints,
  };
}

function basicLogin(config: Config): BasicLogin | undefined {
  const { dashboard_username: username, dashboard_password: password } = config;
  return username === '' || password === '' ? undefined : { username, password };
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function openLog({ files, config }: Setup): LogFile {
  return openLogFile({
    folder: files.logFolder,
    level: config.log_level,
    bytesMax: config.log_bytes_max,
    filesMax: config.log_files_max,
    clock: systemClock,
  });
}

function engineSettings({ config }: Setup) {
  return {
    owner: `${String(process.pid)}-${randomBytes(OWNER_BYTES).toString('hex')}`,
    workers: config.workers,
    leaseMs: config.lease_ms,
    tagLimits: limitsOf(config),
    // The lock says so.
    isOnlyProcess: true,
    budgets: daemonBudgets(config.budget, config.tag_budgets, zoneOf({ config })),
  };
}

function budgetSetting({ config }: Setup): { readonly budget?: Budget } {
  const { daemon } = daemonBudgets(config.budget, {}, 'UTC');
  return daemon === undefined ? {} : { budget: daemon };
}

/** How many runs at once each tag and each kind of action may have. */
function limitsOf(config: Config): ReadonlyMap<string, number> {
  const byKind = { ...SETTINGS.workers_by_kind.default, ...config.workers_by_kind };
  const kinds = Object.entries(byKind).map(([kind, limit]) => [kindTag(kind), limit] as const);
  return new Map([...kinds, ...Object.entries(config.tag_limits)]);
}

const OWNER_BYTES = 6;

/** The zone of schedules whose author named none. */
function zoneOf({ config }: Pick<Setup, 'config'>): string {
  return config.zone === '' ? Temporal.Now.timeZoneId() : config.zone;
}

function stopper(
  { config }: Setup,
  log: LogFile,
  engine: Engine,
  doors: Doors,
  closers: Closer[],
): Daemon['stop'] {
  let stopped: Promise<void> | undefined;
  const stop = async (reason: string): Promise<void> => {
    log.info('The daemon is stopping.', { reason });
    doors.stopListening();
    await engine.drain(config.drain_ms);
    await engine.stop();
    log.info('The daemon has stopped.');
    await closeAll(closers);
  };
  return (reason) => (stopped ??= stop(reason));
}

/** Closes what can be closed: one that fails must not keep the lock from being released. */
async function closeAll(closers: Closer[]): Promise<void> {
  let failure: unknown;
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
    try {
      await close();
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}

function held(files: DaemonFiles): Refusal {
  const notice = readDaemonNotice(files.notice);
  const address = addressOf(notice);
  const holder =
    notice === undefined
      ? 'Another process has it.'
      : `Process ${String(notice.pid)} has it (version ${notice.version}, since ${notice.startedAt}${
          address === undefined ? '' : `, ${address}`
        }).`;
  return new Refusal(
    'conflict',
    `A daemon is already running for ${files.folder}. ${holder}`,
    'Use it: carillon status. Or stop it first: carillon down.',
  );
}

function addressOf(notice: Pick<DaemonNotice, 'http'> | undefined): string | undefined {
  if (notice?.http === undefined) return undefined;
  const { host, port } = notice.http;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

function definedOnly(environment: Setup['machine']['environment']): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}
