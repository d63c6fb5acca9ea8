import { describe, expect, it } from 'vitest';
import { processAnnouncer } from '../../src/daemon/announcer.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Log } from '../../src/ports/log.ts';

const change: Change = {
  id: 1,
  at: Temporal.Instant.from('2026-11-21T09:00:00Z'),
  kind: 'task.created',
  taskId: undefined,
  runId: undefined,
};

function counting(): Log & { errors: number } {
  const log = {
    errors: 0,
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => {
      log.errors += 1;
    },
  };
  return log;
}

describe('the announcer', () => {
  it('tells every listener, also after one that throws', () => {
    const log = counting();
    const announcer = processAnnouncer(log);
    const told: string[] = [];
    announcer.listen(() => {
      throw new Error('broken');
    });
    announcer.listen((changes) => told.push(...changes.map(({ kind }) => kind)));
    announcer.announce([change]);
    expect(told).toEqual(['task.created']);
    expect(log.errors).toBe(1);
  });

  it('tells one who listens twice twice, until each listening ends', () => {
    const announcer = processAnnouncer(counting());
    let told = 0;
    const count = () => {
      told += 1;
    };
    const endFirst = announcer.listen(count);
    const endSecond = announcer.listen(count);
    announcer.announce([change]);
    endFirst();
    announcer.announce([change]);
    endSecond();
    announcer.announce([change]);
    expect(told).toBe(3);
  });

  it('tells nobody that nothing changed', () => {
    const announcer = processAnnouncer(counting());
    let told = 0;
    announcer.listen(() => {
      told += 1;
    });
    announcer.announce([]);
    expect(told).toBe(0);
  });
});
