/** Grows when a backup of the old form could not be restored. */
export const BACKUP_VERSION = 1;

/** How long another process may hold the database, in milliseconds. */
export const BUSY_MS = 10_000;

/** What a backup has beside the tables of the database. */
export const BACKUP_TABLES = `
  create table backup_info (
    version integer not null,
    made_by text not null,
    made_at integer not null
  ) strict;
  create table backup_file (
    path text primary key,
    bytes blob not null
  ) strict;
`;

export const DROP_BACKUP_TABLES = 'drop table backup_info; drop table backup_file;';
