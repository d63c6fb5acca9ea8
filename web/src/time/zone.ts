import { useSyncExternalStore } from 'react';

const KEY = 'carillon.zone';
const hearers = new Set<() => void>();
let chosen = stored();
let daemonZone: string | undefined;

/** The zone in which times are shown: the chosen one, else the daemon's, else this browser's. */
export function useZone(): string {
  return useSyncExternalStore(listen, shownZone);
}

export function shownZone(): string {
  return chosen ?? daemonZone ?? browserZone();
}

export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** @param zone IANA name, or `undefined` for the daemon's own. */
export function chooseZone(zone: string | undefined): void {
  chosen = zone;
  try {
    if (zone === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, zone);
  } catch {
    // Storage is denied: the choice lasts as long as the page.
  }
  tellAll();
}

/** The daemon has told its zone. */
export function noteDaemonZone(zone: string): void {
  if (zone === daemonZone) return;
  daemonZone = zone;
  tellAll();
}

function tellAll(): void {
  for (const hear of hearers) hear();
}

function listen(hear: () => void): () => void {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

function stored(): string | undefined {
  try {
    const zone = localStorage.getItem(KEY) ?? undefined;
    if (zone === undefined) return undefined;
    // Throws for a name that this browser does not know.
    Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return undefined;
  }
}
