import { useState } from 'react';
import { useLocation } from 'wouter';
import type { RunPageView } from '../../../../src/api/run-page-view.ts';
import type { RunView } from '../../../../src/api/run-view.ts';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { useVersion } from '../../api/run.ts';
import { pretty } from '../../api/run.ts';
import { Button } from '../../parts/button.tsx';
import { DialogSheet } from '../../parts/dialog-sheet.tsx';
import { TextArea, TextField } from '../../parts/field.tsx';

const HAVE_PROMPT: readonly string[] = ['agent', 'model'];
const HAVE_DIRECTORY: readonly string[] = ['agent', 'command'];

/** Starts the task of a run once more, otherwise; or goes on with the conversation of an agent. */
export function ChangedRun({
  run,
  kind,
  isContinued,
  onClose,
}: {
  readonly run: RunPageView;
  readonly kind: string;
  readonly isContinued: boolean;
  readonly onClose: () => void;
}) {
  const [, go] = useLocation();
  const action = useVersion(run.task_id, run.task_version).data?.action;
  const [prompt, setPrompt] = useState(
    isContinued ? '' : (run.given.prompt ?? textIn(action, 'prompt')),
  );
  const [cwd, setCwd] = useState(run.given.cwd ?? textIn(action, 'cwd'));
  const [payload, setPayload] = useState(
    run.given.payload === null ? '' : pretty(run.given.payload),
  );
  const object = objectIn(payload);
  const start = useAct(
    () =>
      send<RunView>('POST', `/runs/${run.id}/rerun`, {
        ...(HAVE_PROMPT.includes(kind) && prompt !== textIn(action, 'prompt') ? { prompt } : {}),
        ...(HAVE_DIRECTORY.includes(kind) && cwd !== '' && cwd !== textIn(action, 'cwd')
          ? { cwd }
          : {}),
        ...(payload.trim() === '' ? {} : { payload: object }),
        ...(isContinued ? { continue: true } : {}),
      }),
    (started) => {
      onClose();
      go(`/runs/${started.id}`);
    },
  );
  const isWrong = payload.trim() !== '' && object === undefined;
  return (
    <DialogSheet
      title={isContinued ? 'Continue this conversation' : 'Run again with changes'}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="main"
            disabled={isWrong || (isContinued && prompt.trim() === '')}
            isBusy={start.isPending}
            onClick={() => start.mutate(undefined)}
          >
            {isContinued ? 'Send' : 'Run'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {HAVE_PROMPT.includes(kind) ? (
          <TextArea
            label={isContinued ? 'What to say next' : 'Prompt'}
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
          />
        ) : null}
        {HAVE_DIRECTORY.includes(kind) && !isContinued ? (
          <TextField
            label="Working directory"
            value={cwd}
            onChange={(event) => setCwd(event.target.value)}
          />
        ) : null}
        {isContinued ? null : (
          <TextArea
            label="Payload"
            isCode
            hint="An object as JSON, for the templates of the task."
            problem={isWrong ? 'This is not an object in JSON.' : undefined}
            value={payload}
            onChange={(event) => setPayload(event.target.value)}
          />
        )}
        <p className="text-sm text-soft">
          {isContinued
            ? 'A new run of the task resumes the session of this one. The task stays as it is.'
            : 'It counts for the new run alone. The task stays as it is.'}
        </p>
      </div>
    </DialogSheet>
  );
}

function textIn(action: Readonly<Record<string, unknown>> | undefined, name: string): string {
  const value = action?.[name];
  return typeof value === 'string' ? value : '';
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
