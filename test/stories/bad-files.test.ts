import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { exampleFiles, inWorld } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const configuration = (await exampleFiles())[CONFIGURATION] ?? '';

test.each([
  ['too large', `${configuration}\n# ${'x'.repeat(6 * 1024 * 1024)}\n`],
  ['not UTF-8', Uint8Array.from([...Buffer.from(`${configuration}\n# caf`), 0xe9, 0x0a])],
])('a configuration that is %s is told once, and mended it is read', (_, bad) =>
  inWorld({ files: { [CONFIGURATION]: bad } }, async (world) => {
    const issue = await world.reject(clear);
    await world.comment(issue, 'Anybody here?');
    const told = (await world.said(issue)).filter((text) => text.startsWith('I cannot work on this yet'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`\`${CONFIGURATION}:1\``);
    await world.push('main', CONFIGURATION, configuration);
    await world.comment(issue, '/retry');
    expect((await world.specComment(issue)).body).toContain('### Spec: ');
  }),
);
