/** By it the process that serves the older system's port says that schedules are meant in UTC. */
export const UTC_HEADER = 'x-clicrontab-use-utc';
