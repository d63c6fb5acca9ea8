import { useState } from 'react';
import { useParams } from 'wouter';
import { useStatus } from '../../api/status.ts';
import { Card, Facts } from '../../parts/card.tsx';
import { Choice, TextField } from '../../parts/field.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Stamp } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { TabLinks } from '../../parts/tab-links.tsx';
import { browserZone, chooseZone, shownZone } from '../../time/zone.ts';
import { chooseTheme, chosenTheme, type Theme, THEMES } from '../../parts/theme.ts';
import { SignOut } from '../connections/people.tsx';
import { Audit } from './audit.tsx';
import { Data } from './data.tsx';
import { StopEverything } from './standstill.tsx';

const TABS = [
  { href: '/settings', text: 'General' },
  { href: '/settings/data', text: 'Backup and export' },
  { href: '/settings/audit', text: 'Audit' },
] as const;

/** How this browser shows things, what the daemon is, copies of the data, and who did what. */
export function Settings() {
  const { part } = useParams<{ part?: string }>();
  return (
    <Page title="Settings" actions={<SignOut />}>
      <TabLinks label="Parts of the settings" tabs={TABS} />
      {part === 'data' ? <Data /> : part === 'audit' ? <Audit /> : <General />}
    </Page>
  );
}

function General() {
  return (
    <>
      <Appearance />
      <Daemon />
      <StopEverything />
      <HowTo cli="carillon status" tool="get_status" />
    </>
  );
}

function Appearance() {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  return (
    <Card title="Appearance">
      <div className="grid max-w-2xl gap-4 sm:grid-cols-2">
        <Choice
          label="Theme"
          options={THEMES}
          value={theme}
          onChange={(event) => {
            const chosen = event.target.value as Theme;
            setTheme(chosen);
            chooseTheme(chosen);
          }}
        />
        <ZoneField />
      </div>
    </Card>
  );
}

/** The zone in which this browser shows times; schedules keep their own. */
function ZoneField() {
  const [text, setText] = useState(shownZone);
  const isKnown = isZone(text);
  return (
    <TextField
      label="Times are shown in"
      hint={`An IANA name; this browser's own is ${browserZone()}. Empty: the daemon's.`}
      problem={isKnown ? undefined : 'This browser knows no such zone.'}
      list="zones"
      value={text}
      onChange={(event) => {
        const name = event.target.value.trim();
        setText(name);
        if (isZone(name)) chooseZone(name === '' ? undefined : name);
      }}
    />
  );
}

function isZone(name: string): boolean {
  if (name === '') return true;
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function Daemon() {
  const status = useStatus();
  return (
    <Card title="Daemon">
      <QueryView query={status} what="the daemon">
        {(view) => (
          <Facts
            facts={[
              ['Version', view.version],
              ['Address', view.address ?? 'none'],
              ['Up since', <Stamp key="up" at={view.started_at} />],
              ['Profile', view.profile],
              ['Zone of schedules that name none', view.timezone],
              ['Data folder', view.data_folder],
              ['Node', view.node],
              ['Time zone data', view.tzdata],
            ]}
          />
        )}
      </QueryView>
    </Card>
  );
}
