import { hasExpired } from '../../src/domain/policy/approval.ts';
import { FIRST_HASH, hashOfEntry } from '../../src/domain/policy/audit-entry.ts';
import type { Approvals } from '../../src/ports/approvals.ts';
import type { AuditTrail } from '../../src/ports/audit.ts';
import type { StandstillSwitch } from '../../src/ports/standstill.ts';
import { addItem, settleCause } from './memory-inbox.ts';
import { page } from './memory-queries.ts';
import { tell, type MemoryState, type Transact } from './memory-state.ts';

export function memoryApprovals(state: MemoryState, transact: Transact): Approvals {
  const { approvals } = state;
  return {
    ask: (approval, item, pendingMax) =>
      transact(approval.createdAt, (told) => {
        const pending = [...approvals.values()].filter(
          (one) =>
            one.principal.id === approval.principal.id &&
            one.state === 'pending' &&
            !hasExpired(one, approval.createdAt),
        );
        const same = pending.find((one) => one.contentHash === approval.contentHash);
        if (same !== undefined) return same;
        if (pending.length >= pendingMax) return 'too_many';
        approvals.set(approval.id, approval);
        addItem(told, item);
        return approval;
      }),
    get: async (id) => approvals.get(id),
    list: async (wanted, limit, cursor) => {
      const found = [...approvals.values()].filter(
        (one) => wanted === undefined || one.state === wanted,
      );
      return page(
        found.toSorted((one, other) => (one.id < other.id ? 1 : -1)),
        limit,
        cursor,
      );
    },
    decide: (id, decided, by, at) =>
      transact(at, (told) => {
        const found = approvals.get(id);
        if (found?.state !== 'pending' || hasExpired(found, at)) return undefined;
        const approval = { ...found, state: decided, decidedAt: at, decidedBy: by };
        approvals.set(id, approval);
        settleCause(told, id);
        return approval;
      }),
    conclude: async (id, outcome) => {
      const found = approvals.get(id);
      if (found !== undefined) approvals.set(id, { ...found, outcome });
    },
  };
}

export function memoryAudit({ audit }: MemoryState): AuditTrail {
  // One after the other, as transactions are.
  let last: Promise<unknown> = Promise.resolve();
  return {
    append: (entry) => {
      const append = async (): Promise<void> => {
        const previousHash = audit.at(-1)?.hash ?? FIRST_HASH;
        const hash = await hashOfEntry(entry, previousHash);
        audit.push({ ...entry, id: audit.length + 1, previousHash, hash });
      };
      const appended = last.then(append);
      last = appended;
      return appended;
    },
    list: async ({ principal, verb, verdict }, limit, cursor) => {
      const found = audit.filter(
        (entry) =>
          (principal === undefined || entry.principalId === principal) &&
          (verb === undefined || entry.verb === verb) &&
          (verdict === undefined || entry.verdict === verdict),
      );
      return page(found.toReversed(), limit, cursor);
    },
    listAfter: async (id, limit) => audit.filter((entry) => entry.id > id).slice(0, limit),
    countDone: async (principal, verb, since) =>
      audit.filter(
        (entry) =>
          entry.principalId === principal &&
          entry.verb === verb &&
          entry.verdict === 'done' &&
          Temporal.Instant.compare(entry.at, since) >= 0,
      ).length,
  };
}

export function memoryStandstill(state: MemoryState, transact: Transact): StandstillSwitch {
  return {
    get: async () => state.standstill,
    begin: (standstill) =>
      transact(standstill.at, (told) => {
        if (state.standstill !== undefined) return;
        state.standstill = standstill;
        tell(told, 'daemon.stopped', undefined, undefined);
      }),
    end: (at) =>
      transact(at, (told) => {
        if (state.standstill === undefined) return false;
        state.standstill = undefined;
        tell(told, 'daemon.resumed', undefined, undefined);
        return true;
      }),
  };
}
