import { chmodSync, copyFileSync, mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { headless } from '../../src/adapters/agents/headless.ts';
import type { ThreadKind } from '../../src/adapters/agents/thread.ts';
import { HeadlessAgent } from '../../src/domain/installed-agent.ts';
import { modelAt } from './through-gateway.ts';

const TINY = resolve(import.meta.dirname, '../support/tiny-agent.mjs');

/** The smallest agent as an operator installs it, in a folder of its own below `state`, and what the operator's file says. */
export function tinyAgent(state: string, more: Partial<HeadlessAgent> = {}): HeadlessAgent {
  const install = mkdtempSync(join(state, 'tiny-'));
  chmodSync(install, 0o755);
  copyFileSync(TINY, join(install, 'agent.mjs'));
  chmodSync(join(install, 'agent.mjs'), 0o644);
  return HeadlessAgent.parse({
    command: ['node', '{install}/agent.mjs'],
    install,
    env: { TINY_OUTPUT: 'json' },
    files: { '.tiny/settings.json': '{"model":"{model}","baseUrl":"{base-url}"}' },
    output: 'json-lines',
    ...more,
  });
}

export const headlessOn = (state: string, url: string, more?: Partial<HeadlessAgent>): ThreadKind =>
  headless({ agent: tinyAgent(state, more), model: modelAt(url), stateDir: state });
