import { Snippet } from './copy-text.tsx';

/** The same from elsewhere: what this screen shows, as a command and as a tool call. */
export function HowTo({
  cli,
  tool,
  input = {},
}: {
  readonly cli: string;
  /** Name of the MCP tool; absent where there is none. */
  readonly tool?: string;
  readonly input?: Readonly<Record<string, unknown>>;
}) {
  return (
    <details className="text-sm text-soft">
      <summary className="w-fit rounded px-1 hover:text-ink">
        The same from a terminal or an assistant
      </summary>
      <div className="mt-2 flex flex-col gap-2 text-ink">
        <Snippet label="Command" text={cli} />
        {tool === undefined ? null : (
          <Snippet label="Tool call" text={`${tool} ${JSON.stringify(input)}`} />
        )}
      </div>
    </details>
  );
}
