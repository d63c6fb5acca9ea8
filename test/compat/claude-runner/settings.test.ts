import { describe, expect, it } from 'vitest';
import { daemonVariablesIn } from '../../../src/compat/claude-runner/settings-json.ts';

describe('the variables of the older Claude Runner', () => {
  it('open its port when one of its transports with a port is asked for, and not unasked', () => {
    const port = { CARILLON_CLAUDE_RUNNER_PORT: '8080' };
    expect(daemonVariablesIn({ MCP_TRANSPORT: 'sse' })).toEqual(port);
    expect(daemonVariablesIn({ MCP_TRANSPORT: 'both' })).toEqual(port);
    expect(daemonVariablesIn({ MCP_TRANSPORT: 'stdio' })).toEqual({});
    expect(daemonVariablesIn({})).toEqual({});
  });

  it('let a browser in only when both a name and a password are set', () => {
    const both = { DASHBOARD_USERNAME: 'me', DASHBOARD_PASSWORD: 'pass' };
    expect(daemonVariablesIn(both)).toEqual({
      CARILLON_DASHBOARD_USERNAME: 'me',
      CARILLON_DASHBOARD_PASSWORD: 'pass',
    });
    expect(daemonVariablesIn({ DASHBOARD_USERNAME: 'me', DASHBOARD_PASSWORD: '' })).toEqual({});
  });
});
