// Installs the agents of installed/package.json into a folder of its own, drives each through the sandbox and the
// gateway against a scripted model to a fix, and prints one row per agent. Exit code 1 where one makes none.
// `--keep folder` keeps the installation there for the next time.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { acp } from '../../src/adapters/agents/acp.ts';
import { headless } from '../../src/adapters/agents/headless.ts';
import { threadAgent } from '../../src/adapters/agents/run-thread.ts';
import { openGateway } from '../../src/adapters/gateway/gateway.ts';
import type { AgentEvent } from '../../src/domain/agent-event.ts';
import { HeadlessAgent } from '../../src/domain/installed-agent.ts';
import type { NamedModel } from '../../src/domain/named-model.ts';
import { briefOf } from '../agents/brief-of.ts';
import { makePlace, quiet } from '../agents/in-worktree.ts';
import { makeRepository } from '../agents/make-repository.ts';
import { scriptedModel } from '../support/scripted-model.ts';
import { anthropicModel } from './anthropic-model.ts';
import { geminiModel } from './gemini-model.ts';
import { responsesModel } from './responses-model.ts';

const here = import.meta.dirname;
const FIX = `node -e "require('fs').writeFileSync('sum.js', 'console.log(1 + 1);' + String.fromCharCode(10))"`;
const { values } = parseArgs({ options: { keep: { type: 'string' }, only: { type: 'string', default: '' } } });

/** The folder that holds the agents, as an operator would install them. */
function install(): string {
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'real-agents-'));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  if (existsSync(join(folder, 'node_modules'))) return folder;
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(here, 'installed', file), join(folder, file));
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

const version = (folder: string, name: string): string =>
  JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;

const opencodeSettings = JSON.stringify({
  model: 'gw/{model}',
  small_model: 'gw/{model}',
  enabled_providers: ['gw'],
  provider: {
    gw: {
      npm: '@ai-sdk/openai-compatible',
      options: { baseURL: '{base-url}', apiKey: 'none' },
      models: { '{model}': { limit: { context: 64_000, output: 4_000 } } },
    },
  },
  permission: { edit: 'allow', bash: 'allow', webfetch: 'deny', external_directory: 'deny' },
  autoupdate: false,
  share: 'disabled',
  lsp: false,
  formatter: false,
});

const opencode = {
  env: {
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
  },
  files: { '.config/opencode/opencode.json': opencodeSettings },
};

const codexSettings = `model = "{model}"
model_provider = "gw"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.gw]
name = "gw"
base_url = "{base-url}"
wire_api = "responses"
`;

const qwen = {
  env: {
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: '{base-url}',
    OPENAI_MODEL: '{model}',
    QWEN_TELEMETRY_ENABLED: 'false',
  },
  files: {
    '.qwen/settings.json': JSON.stringify({
      security: { auth: { selectedType: 'openai' } },
      general: { enableAutoUpdate: false, disableAutoUpdate: true },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
    }),
  },
};

const gemini = {
  env: {
    GEMINI_API_KEY: 'none',
    GOOGLE_GEMINI_BASE_URL: '{base-url}',
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  },
  files: {
    '.gemini/settings.json': JSON.stringify({
      security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
      general: { enableAutoUpdate: false, disableAutoUpdate: true },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
    }),
  },
};

const claude = {
  ANTHROPIC_BASE_URL: '{base-url}',
  ANTHROPIC_API_KEY: 'none',
  ANTHROPIC_MODEL: '{model}',
  ANTHROPIC_SMALL_FAST_MODEL: '{model}',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_TELEMETRY: '1',
};

const copilot = {
  COPILOT_PROVIDER_TYPE: 'openai',
  COPILOT_PROVIDER_BASE_URL: '{base-url}',
  COPILOT_PROVIDER_API_KEY: 'none',
  COPILOT_MODEL: '{model}',
  COPILOT_OFFLINE: 'true',
  COPILOT_AUTO_UPDATE: 'false',
};

/** How each agent is set up. docs/agents.md shows the same settings. */
const agents: readonly {
  readonly package: string;
  readonly how: string;
  readonly agent: object;
  readonly api: NamedModel['api'];
}[] = [
  {
    package: 'opencode-ai',
    how: 'command',
    api: 'openai-chat',
    agent: {
      ...opencode,
      command: ['opencode', 'run', '--format', 'json', '{prompt}'],
      prompt: 'argument',
      output: 'json-lines',
    },
  },
  {
    package: 'opencode-ai',
    how: 'acp',
    api: 'openai-chat',
    agent: { ...opencode, speaks: 'acp', command: ['opencode', 'acp'] },
  },
  {
    package: '@openai/codex',
    how: 'command',
    api: 'openai-responses',
    agent: {
      command: ['codex', 'exec', '--json', '--skip-git-repo-check', '-s', 'danger-full-access', '-C', '/work', '-'],
      files: { '.codex/config.toml': codexSettings },
      prompt: 'stdin',
      output: 'json-lines',
    },
  },
  {
    package: '@zed-industries/codex-acp',
    how: 'acp',
    api: 'openai-responses',
    agent: { speaks: 'acp', command: ['codex-acp'], files: { '.codex/config.toml': codexSettings } },
  },
  {
    package: '@qwen-code/qwen-code',
    how: 'command',
    api: 'openai-chat',
    agent: {
      ...qwen,
      command: ['qwen', '--yolo', '--output-format', 'stream-json', '--prompt', '{prompt}'],
      prompt: 'argument',
      output: 'json-lines',
    },
  },
  {
    package: '@qwen-code/qwen-code',
    how: 'acp',
    api: 'openai-chat',
    agent: { ...qwen, speaks: 'acp', command: ['qwen', '--yolo', '--acp'] },
  },
  {
    package: '@google/gemini-cli',
    how: 'command',
    api: 'gemini',
    agent: {
      ...gemini,
      command: ['gemini', '--yolo', '--model', '{model}', '--prompt', '{prompt}'],
      prompt: 'argument',
      output: 'text',
    },
  },
  {
    package: '@google/gemini-cli',
    how: 'acp',
    api: 'gemini',
    agent: { ...gemini, speaks: 'acp', command: ['gemini', '--yolo', '--model', '{model}', '--acp'] },
  },
  {
    package: '@anthropic-ai/claude-code',
    how: 'command',
    api: 'anthropic',
    agent: {
      command: [
        // What its installer would put in its place; installers are not run.
        `{install}/node_modules/@anthropic-ai/claude-code-linux-${process.arch}/claude`,
        ...['--print', '--verbose', '--output-format', 'stream-json', '--dangerously-skip-permissions'],
      ],
      env: claude,
      prompt: 'stdin',
      output: 'json-lines',
    },
  },
  {
    package: '@github/copilot',
    how: 'command',
    api: 'openai-chat',
    agent: {
      command: ['copilot', '--allow-all-tools', '--no-color', '-p', '{prompt}'],
      env: copilot,
      prompt: 'argument',
      output: 'text',
    },
  },
  {
    package: '@github/copilot',
    how: 'acp',
    api: 'openai-chat',
    agent: { speaks: 'acp', command: ['copilot', '--allow-all-tools', '--acp'], env: copilot },
  },
];

/** A model that speaks the API, and has the fix made by a command. */
async function openModel(api: NamedModel['api']) {
  if (api === 'openai-responses') return responsesModel(FIX);
  if (api === 'anthropic') return anthropicModel(FIX);
  if (api === 'gemini') return geminiModel(FIX);
  const server = await scriptedModel(({ body }) => {
    const offered = (body.tools ?? []).map((tool) => tool.function.name);
    const shell = offered.find((name) => /^(?:bash|shell|run)/.test(name));
    // Agents ask for titles beside their work.
    if (shell === undefined) return { text: 'A title' };
    if (body.messages.some(({ role }) => role === 'tool')) return { text: 'It adds now.' };
    return { tool: shell, args: { command: FIX, description: 'Adds up' } };
  });
  return {
    url: server.baseUrl,
    requests: () => server.requests.length,
    close: () => void server[Symbol.asyncDispose]().catch(() => {}),
  };
}

async function drive(folder: string, one: (typeof agents)[number]): Promise<boolean> {
  await using place = await makePlace(63_900);
  const { repository, base } = await makeRepository(place.state, { 'sum.js': 'console.log(1 - 1);\n' });
  const upstream = await openModel(one.api);
  const model: NamedModel = {
    name: 'default',
    api: one.api,
    url: upstream.url,
    key: 'sk-canary',
    model: 'm',
    most: 4_000,
  };
  const agent = HeadlessAgent.parse({ install: folder, ...one.agent });
  const kind = (agent.speaks === 'acp' ? acp : headless)({ agent, model, stateDir: place.state });
  const events: AgentEvent[] = [];
  const began = performance.now();
  const result = await threadAgent({
    kind,
    sandbox: place.sandbox,
    log: quiet,
    door: (run) => openGateway({ ...run, model }),
  }).implement({
    brief: briefOf(),
    repository,
    base,
    hide: [],
    signal: new AbortController().signal,
    on: (event) => {
      events.push(event);
      return null;
    },
  });
  upstream.close();
  const fixed =
    result.is === 'candidate' && (await repository.read(result.candidate.tree, 'sum.js')) === 'console.log(1 + 1);\n';
  const told = ['called', 'answered', 'said'].map((is) => events.filter((event) => event.is === is).length).join('/');
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const how = result.is === 'candidate' ? 'fixed' : `${result.code}: ${result.because}`;
  console.log(
    `| ${one.package} ${version(folder, one.package)} | ${one.how} | ${one.api} | ${fixed ? '✓' : '✗'} ${how} | ${told} | ${upstream.requests()} | ${seconds} s |`,
  );
  if (!fixed)
    console.log(
      events
        .flatMap((event) => ('text' in event ? [`  ${event.is}: ${event.text.slice(-600)}`] : []))
        .slice(1)
        .join('\n'),
    );
  return fixed;
}

const folder = install();
console.log('| agent | as | api | result | called/answered/said | requests | time |\n|---|---|---|---|---|---|---|');
let all = true;
for (const one of agents.filter((agent) => `${agent.package} ${agent.how}`.includes(values.only)))
  all = (await drive(folder, one)) && all;
process.exit(all ? 0 : 1);
