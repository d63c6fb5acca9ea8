import { monitorEventLoopDelay } from 'node:perf_hooks';
import { spreadOf } from '../domain/statistics.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { DaemonMetrics, Services } from '../service/services.ts';

export type Metrics = {
  /** In the text format of Prometheus, for a caller that may read tasks. */
  text(services: Services): Promise<string>;
  close(): void;
};

/** The program may be stopped from outside for longer; a sample every 20 ms costs nothing that shows. */
const LAG_SAMPLE_MS = 20;
const SPENDERS_TOLD_MAX = 20;

/** Counts from now on what is announced in this process, and measures how long the program is held up. */
export function openMetrics(announcer: Announcer): Metrics {
  const counts = new Map<string, number>();
  const stop = announcer.listen((changes) => {
    for (const { kind } of changes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  });
  const lag = monitorEventLoopDelay({ resolution: LAG_SAMPLE_MS });
  lag.enable();
  return {
    text: async (services) => {
      const facts = await services.getMetrics();
      const seconds = {
        p50: lag.percentile(50) / NS_PER_SECOND,
        p99: lag.percentile(99) / NS_PER_SECOND,
        max: lag.max / NS_PER_SECOND,
      };
      lag.reset();
      return render([...familiesOf(facts), changesOf(counts), lagOf(seconds), ...processOf()]);
    },
    close: () => {
      stop();
      lag.disable();
    },
  };
}

const NS_PER_SECOND = 1e9;

type Sample = {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
};

type Family = {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly Sample[];
};

function familiesOf(facts: DaemonMetrics): readonly Family[] {
  const { status, ended, latenessMs, spend } = facts;
  const lateness = spreadOf(latenessMs);
  const spenders = spend.rows.slice(0, SPENDERS_TOLD_MAX);
  return [
    gauge('carillon_tasks', 'Tasks by state.', byKey('state', status.counts.tasks)),
    gauge('carillon_runs_unfinished', 'Runs by state.', byKey('state', status.counts.runs)),
    gauge(
      'carillon_runs_ended_last_hour',
      'Runs that ended within an hour, by how their last attempt did.',
      ended.map(({ outcome, count }) => ({ value: count, labels: { outcome } })),
    ),
    gauge(
      'carillon_run_lateness_seconds',
      'How late the scheduled runs of the last five minutes started.',
      lateness === undefined
        ? []
        : [
            { value: lateness.p50 / 1_000, labels: { quantile: '0.5' } },
            { value: lateness.p95 / 1_000, labels: { quantile: '0.95' } },
            { value: lateness.max / 1_000, labels: { quantile: '1' } },
          ],
    ),
    gauge(
      'carillon_cost_usd_month',
      'What agents and models have cost this month, by engine.',
      spenders.map(({ key, usd }) => ({ value: usd, labels: { engine: key } })),
    ),
    gauge('carillon_alarms', 'Conditions that a person should know of.', [
      { value: status.daemon.alarms.length },
    ]),
    gauge('carillon_info', 'The program.', [
      { value: 1, labels: { version: status.daemon.version, node: status.daemon.nodeVersion } },
    ]),
    gauge('carillon_uptime_seconds', 'How long the daemon has been running.', [
      { value: status.daemon.startedAt.until(status.now).total('seconds') },
    ]),
  ];
}

function byKey(label: string, counts: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(counts).map(([key, value]) => ({ value, labels: { [label]: key } }));
}

/** Kinds of changes are a closed list, so their labels are bounded. */
function changesOf(counts: ReadonlyMap<string, number>): Family {
  return {
    name: 'carillon_changes_total',
    type: 'counter',
    help: 'What happened in this process since it was first asked, such as run.succeeded.',
    samples: [...counts].map(([kind, value]) => ({ value, labels: { kind } })),
  };
}

function lagOf(seconds: { readonly p50: number; readonly p99: number; readonly max: number }) {
  return gauge('carillon_event_loop_lag_seconds', 'How long the program was held up.', [
    { value: seconds.p50, labels: { quantile: '0.5' } },
    { value: seconds.p99, labels: { quantile: '0.99' } },
    { value: seconds.max, labels: { quantile: '1' } },
  ]);
}

function processOf(): readonly Family[] {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    gauge('process_resident_memory_bytes', 'Memory of the process.', [{ value: rss }]),
    gauge('nodejs_heap_size_used_bytes', 'Heap of the process in use.', [{ value: heapUsed }]),
    {
      name: 'process_cpu_seconds_total',
      type: 'counter',
      help: 'Time that the process has computed.',
      samples: [{ value: (user + system) / 1e6 }],
    },
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

function render(families: readonly Family[]): string {
  const lines = families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, type, help, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(
        ({ value, labels = {} }) => `${name}${labelText(labels)} ${numberText(value)}`,
      ),
    ]);
  return `${lines.join('\n')}\n`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, escaped)}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`;
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : 'NaN';
}
