import { Link } from 'wouter';
import { useClients } from '../../api/clients.ts';
import { counted } from '../../parts/amount.ts';
import { Card, Empty } from '../../parts/card.tsx';
import { Moment } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';

const TRANSPORTS = { pipe: 'on this machine', http: 'over HTTP' } as const;

/** The programs that have called over MCP, as they named themselves. */
export function Seen() {
  const clients = useClients();
  return (
    <Card title="Clients seen" isFlush>
      <QueryView query={clients} what="the clients">
        {(view) =>
          view.clients.length === 0 ? (
            <Empty>
              No assistant has called yet.{' '}
              <Link href="/welcome" className="text-bronze underline">
                Connect one
              </Link>
            </Empty>
          ) : (
            <ul className="divide-y divide-line">
              {view.clients.map((client) => (
                <li
                  key={`${client.name} ${client.version ?? ''} ${client.transport}`}
                  className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-2.5 text-sm"
                >
                  <span className="min-w-0 flex-1 basis-52">
                    <span className="font-medium">{client.name}</span>{' '}
                    <span className="text-soft">{client.version}</span>
                  </span>
                  <span className="text-soft">{TRANSPORTS[client.transport]}</span>
                  <span className="text-soft">made {counted(client.tasks, 'task')}</span>
                  <span className="text-xs text-soft">
                    last called <Moment at={client.last_at} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}
