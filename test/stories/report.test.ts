import { expect, test } from 'vitest';
import { propose } from '../support/propose.ts';
import { proposed } from '../support/proposed.ts';
import { exampleFiles, inWorld, type World } from '../support/world.ts';

const files = await exampleFiles();
const weights = files['config/fetch.json'] ?? '';
const replay = files['src/replay.ts'] ?? '';
const people = Object.entries(files)
  .filter(([path]) => path.startsWith('tickets/'))
  .flatMap(([, text]) => {
    const { customer, order } = JSON.parse(text) as {
      customer: { name: string; email: string };
      order: { recipient: string } | null;
    };
    return [
      customer.email,
      ...`${customer.name} ${order?.recipient ?? ''}`.split(' ').filter((part) => part.length > 3),
    ];
  });

/** What says something of a person stands nowhere in a text. */
const tellsNobody = (text: string) => expect(people.filter((value) => text.includes(value))).toEqual([]);

const summaryOf = async (world: World, pull: number): Promise<string> => {
  const { head } = await world.pull(pull);
  const { check_runs: runs } = await world.call('alice', 'GET', `/commits/${head.sha}/check-runs?per_page=100`);
  const gates = (runs as { name: string; output: { summary: string } }[]).filter(
    ({ name }) => name === 'corrigible/gate',
  );
  return gates.at(-1)?.output.summary ?? '';
};

const hostile = 'When *your* refund | <img src=x onerror=alert(1)> @everyone closes #1 https://evil.example';
const titled = weights.replace('When your refund arrives', hostile);

test('a fix that changes other tickets shows them in its pull request, those nobody complained about first', () =>
  inWorld({ files: { 'config/fetch.json': titled }, publicUrl: 'https://pages.example' }, async (world) => {
    const { pull, branch } = await proposed(world);
    const { body } = await world.pull(pull);
    expect(body).toContain('### 5 of 40 stored tickets come out differently');
    expect(body).toContain('Nobody complained about 4 of the 5');
    const [unexpected, expected] = ['#### Nobody complained about these', '#### Somebody complained about these'].map(
      (heading) => body.indexOf(heading),
    );
    expect(unexpected).toBeGreaterThan(0);
    expect(expected).toBeGreaterThan(unexpected);
    expect(body.indexOf('**T-0003**')).toBeLessThan(expected);
    expect(body.indexOf('**T-0001**')).toBeGreaterThan(expected);
    // Both sides in one row, and what a step gave is shown, never acted on.
    expect(body).toMatch(/\| plan: reply › text \| Dear \\\[name-1\\\].*Reading your invoice.* \| Dear .*onerror/);
    expect(body).toContain(
      'When \\*your\\* refund \\| \\<img src=x onerror=alert(1)\\> @\u2060everyone closes \\#\u20601',
    );
    expect(body).toContain('https:\u2060//evil.example');
    tellsNobody(body);
    expect(await world.said(pull)).toEqual([]);
    expect(await summaryOf(world, pull)).toContain('**5 of 40 stored tickets come out differently.**');

    const address = /\(https:\/\/pages\.example(\/reports\/[^)]+)\)/.exec(body)?.[1] ?? '';
    const shown = await fetch(world.web().url + address);
    expect(shown.status).toBe(200);
    expect(shown.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(shown.headers.get('cache-control')).toBe('no-store');
    const page = await shown.text();
    expect(page).toContain('<h1>5 of 40 stored tickets come out differently</h1>');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt; @everyone');
    expect(page).not.toContain('<img');
    tellsNobody(page);
    const forged = await fetch(world.web().url + address.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')));
    expect([forged.status, await forged.text()]).toEqual([404, expect.stringContaining('There is no page here')]);

    // A head of a person's that gives something else: one comment, which later heads only edit.
    const mine = await world.file('config/fetch.json', branch);
    const lift = (by: number) => mine.replace(/("billing\.refund": \{[^}]*"KB-107": )\d+/, `$1${by}`);
    await world.push(branch, 'config/fetch.json', lift(20), 'bob');
    const [first, ...more] = await world.said(pull);
    expect(more).toEqual([]);
    expect(first).toContain('### 5 of 40 stored tickets come out differently');
    expect(first).toContain('score: 20');
    await world.push(branch, 'config/fetch.json', lift(21), 'bob');
    expect(await world.said(pull)).toEqual([expect.stringContaining('score: 21')]);
    await world.push(branch, 'README.md', 'Nothing that any output depends on.\n', 'bob');
    expect(await world.said(pull)).toEqual([expect.stringContaining('score: 21')]);
  }));

const config = files['.github/corrigible.yml'] ?? '';
const impatient = {
  '.github/corrigible.yml': config.replace('run: node src/replay.ts', 'run: node src/replay.ts\n  timeout: 2'),
};
/** The replay command, with this done for each line first. */
const first = (code: string) => replay.replace('const { ticket } = input;', `const { ticket } = input;\n  ${code}`);

test('a replay that hangs, prints garbage or gives something else each time is told of, and never decides', () =>
  inWorld({ files: impatient }, async (world) => {
    const hangs = await propose(world, 'src/replay.ts', first("if (ticket === 'T-0040') for (;;);"), 'carol', 'hangs');
    expect(await world.said(hangs)).toEqual([
      expect.stringMatching(
        /of 40 stored tickets comes? out differently[\s\S]*\| it runs \| it does not run: it took too long \|/,
      ),
    ]);
    expect(await world.checks((await world.pull(hangs)).head.sha)).toMatchObject({ 'corrigible/gate': 'success' });
    expect((await world.said(hangs))[0]).toContain('`bin/corrigible gate FOLDER --base');

    const garbage = await propose(world, 'src/replay.ts', `console.log('{"steps"');\n`, 'carol', 'garbage');
    expect(await world.said(garbage)).toEqual([
      expect.stringMatching(
        /40 of 40 stored tickets come out differently[\s\S]*and 32 more\*\*[\s\S]*it did not print one JSON value/,
      ),
    ]);

    const steps = /steps: runPipeline\((.*?), rules\) \}/;
    const random = replay.replace(
      steps,
      'steps: runPipeline($1, rules).map((one) => one.step === "fetch" ? { ...one, output: { ...one.output, at: Math.random() } } : one) }',
    );
    const noisy = await propose(world, 'src/replay.ts', random, 'carol', 'noisy');
    expect(await world.said(noisy)).toEqual([
      expect.stringMatching(
        /40 of 40 stored tickets come out differently from run to run[\s\S]*What step fetch gives differs from run to run for 40 tickets/,
      ),
    ]);
  }));
