import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { counted } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { say } from '../../parts/toasts.tsx';

/** The keys under which the values lie; the values stay as they are. */
export function RotateKeys() {
  const rotate = useAct(
    (key: 'data' | 'master') =>
      send<{ readonly resealed: number }>('POST', '/secrets/rotate', { key }),
    ({ resealed }, key) =>
      say(
        key === 'data'
          ? `The data key is new; ${counted(resealed, 'value')} sealed again.`
          : 'The master key is new. Copies of the old one open nothing any more.',
      ),
  );
  return (
    <Card title="Keys">
      <p className="mb-3 max-w-prose text-sm text-soft">
        Values are sealed with a data key, and that one with the master key, which is never in a
        backup. Draw new ones when somebody may have copied them; secrets and their values stay.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button
          isBusy={rotate.isPending && rotate.variables === 'data'}
          onClick={() => rotate.mutate('data')}
        >
          New data key
        </Button>
        <Button
          isBusy={rotate.isPending && rotate.variables === 'master'}
          onClick={() => rotate.mutate('master')}
        >
          New master key
        </Button>
      </div>
    </Card>
  );
}
