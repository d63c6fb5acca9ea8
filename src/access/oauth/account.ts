/** The one person of a daemon, whom grants and sessions are of. */
export const ACCOUNT = 'owner';
