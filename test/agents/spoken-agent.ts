import { chmodSync, copyFileSync, mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HeadlessAgent } from '../../src/domain/installed-agent.ts';

const FAKE = resolve(import.meta.dirname, '../support/fake-acp-agent.mjs');

/** The smallest agent that is spoken to, as an operator installs it below `state`, and what the operator's file says. */
export function spokenAgent(state: string, more: Partial<HeadlessAgent> = {}): HeadlessAgent {
  const install = mkdtempSync(join(state, 'spoken-'));
  chmodSync(install, 0o755);
  copyFileSync(FAKE, join(install, 'agent.mjs'));
  chmodSync(join(install, 'agent.mjs'), 0o644);
  return HeadlessAgent.parse({
    speaks: 'acp',
    command: ['node', '{install}/agent.mjs'],
    install,
    files: { '.tiny/settings.json': '{"model":"{model}","baseUrl":"{base-url}"}' },
    ...more,
  });
}
