import { useState } from 'react';
import { useLocation } from 'wouter';
import type { TaskView } from '../../../../src/api/task-view.ts';
import { type RunChanges, useRunWith } from '../../api/actions.ts';
import { Button } from '../../parts/button.tsx';
import { DialogSheet } from '../../parts/dialog-sheet.tsx';
import { TextArea, TextField } from '../../parts/field.tsx';

const WITH_PROMPT = new Set(['agent', 'model']);
const WITH_FOLDER = new Set(['agent', 'command']);

/** Runs a task once with another prompt, folder or payload; the task itself stays as it is. */
export function RunWithChanges({
  task,
  onClose,
}: {
  readonly task: TaskView;
  readonly onClose: () => void;
}) {
  const [, go] = useLocation();
  const { kind } = task.action;
  const [prompt, setPrompt] = useState(textOf(task.action['prompt']));
  const [cwd, setCwd] = useState(textOf(task.action['cwd']));
  const [payload, setPayload] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const run = useRunWith((started) => {
    onClose();
    go(`/runs/${started.id}`);
  });
  const start = (): void => {
    const given = payload.trim() === '' ? undefined : parseObject(payload);
    if (given === 'not an object') {
      setProblem('Write a JSON object, such as {"branch": "main"}.');
      return;
    }
    const changes: RunChanges = {
      ...(prompt === textOf(task.action['prompt']) ? {} : { prompt }),
      ...(cwd === textOf(task.action['cwd']) ? {} : { cwd }),
      ...(given === undefined ? {} : { payload: given }),
    };
    run.mutate({ task, changes });
  };
  return (
    <DialogSheet
      title={`Run "${task.name}" once, with changes`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" isBusy={run.isPending} onClick={start}>
            Run now
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-sm text-soft">Only this run is different; the task stays as it is.</p>
        {WITH_PROMPT.has(kind) ? (
          <TextArea
            label="Prompt"
            value={prompt}
            onChange={(event) => setPrompt(event.target.value)}
          />
        ) : null}
        {WITH_FOLDER.has(kind) ? (
          <TextField
            label="Folder"
            placeholder="the one of the task"
            value={cwd}
            onChange={(event) => setCwd(event.target.value)}
          />
        ) : null}
        <TextArea
          label="Payload (JSON, may be empty)"
          isCode
          hint="What placeholders such as {{payload.branch}} are filled with."
          problem={problem}
          value={payload}
          onChange={(event) => {
            setProblem(undefined);
            setPayload(event.target.value);
          }}
        />
      </div>
    </DialogSheet>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parseObject(text: string): object | 'not an object' {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? value
      : 'not an object';
  } catch {
    return 'not an object';
  }
}
