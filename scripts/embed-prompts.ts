/** Takes the prompts of `prompts/*.md` into the program and writes each one's hash into its front matter. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../prompts/', import.meta.url);
const target = new URL('../src/domain/prompts/texts.ts', import.meta.url);

const entries = readdirSync(folder)
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .sort()
  .map((name) => {
    const file = new URL(name, folder);
    const [, head, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(file, 'utf8')) ?? [];
    if (head === undefined || body === undefined) throw new Error(`prompts/${name} has no front matter`);
    const hash = createHash('sha256').update(body).digest('hex');
    writeFileSync(file, `---\n${head.replace(/^sha256:.*$/m, `sha256: ${hash}`)}\n---\n${body}`);
    const quoted = body.replace(/[\\`]|\$\{/g, '\\$&');
    return `  ${name.slice(0, -3)}: {\n    hash: '${hash}',\n    text: \`${quoted}\`,\n  },`;
  });

writeFileSync(
  target,
  `/**\n * The prompts of \`prompts/*.md\`, so that the domain reads no file. Made by scripts/embed-prompts.ts; a test holds\n * both equal.\n */\nexport const texts = {\n${entries.join('\n')}\n} as const;\n`,
);
