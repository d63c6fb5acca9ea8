import type { Admissions, Connection } from '../ports/access.ts';
import type { GivenGrant, Grants } from './oauth/grants.ts';
import type { People } from './people/people.ts';

/** Who was let in, as those see it who look after the daemon. */
export function openAdmissions(grants: Grants, people: People): Admissions {
  return {
    listConnections: async () => (await grants.list()).map(connectionOf),
    revokeConnection: async (id) => {
      const grant = (await grants.list()).find((one) => one.id === id);
      return grant !== undefined && (await grants.takeBack(id)) ? connectionOf(grant) : undefined;
    },
    readSessions: async () => ({
      sessions: await people.countSessions(),
      hasPassword: await people.hasPassword(),
    }),
    signOutEverybody: () => people.signOutEverybody(),
  };
}

function connectionOf({ givenAt, ...grant }: GivenGrant): Connection {
  return { ...grant, admittedAt: givenAt };
}
