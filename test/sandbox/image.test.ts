import { chmod, mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { imageOf } from '../../src/adapters/sandbox/image-of.ts';
import type { Setup } from '../../src/adapters/sandbox/setup.ts';

const bare: Setup = {
  bwrap: '',
  filterFile: '',
  system: [{ is: 'link', inside: '/bin', to: 'usr/bin' }],
  binds: [],
  path: '/usr/bin',
  firstUid: null,
  ceilings: { processes: 1, files: 1, fileBytes: 1, dataBytes: 1, cpuSeconds: 1 },
  node: '/usr/bin/node',
  forwarder: '',
  inherited: [],
  groups: null,
  stateDir: '/nowhere',
  root: '/',
};

async function inFolder(story: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'image-'));
  try {
    await chmod(folder, 0o711);
    await story(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('a tool that comes to the PATH, or is replaced as installers do, makes another image', () =>
  inFolder(async (folder) => {
    const tools = join(folder, 'bin');
    await mkdir(tools);
    const image = () => imageOf({ ...bare, path: `${tools}:/usr/bin` });
    for (const text of ['came', 'was replaced']) {
      await utimes(tools, 1, 1);
      const before = await image();
      expect(await image()).toBe(before);
      await writeFile(join(folder, 'new'), text);
      await rename(join(folder, 'new'), join(tools, 'tool'));
      expect(await image()).not.toBe(before);
    }
  }));

test('what is bound counts by its size and time; a copy below the state folder by its size', () =>
  inFolder(async (stateDir) => {
    const file = join(stateDir, 'node');
    const image = (setup: Partial<Setup>) =>
      imageOf({ ...bare, binds: [{ host: file, inside: '/opt/tools/0/node' }], ...setup });
    await writeFile(file, 'one');
    await utimes(file, 1, 1);
    const [foreign, own] = [await image({}), await image({ stateDir })];
    await writeFile(file, 'two');
    await utimes(file, 2, 2);
    expect(await image({})).not.toBe(foreign);
    expect(await image({ stateDir })).toBe(own);
    await writeFile(file, 'more');
    expect(await image({ stateDir })).not.toBe(own);
    expect(
      await imageOf({ ...bare, system: [{ is: 'bind', host: '/bin', inside: '/bin', writable: false }] }),
    ).not.toBe(await imageOf(bare));
  }));

test('two state folders of one machine have one image, and it is told without running anything', () =>
  inFolder(async (folder) => {
    const images: string[] = [];
    for (const name of ['a', 'b']) images.push(await bubblewrapSandbox({ stateDir: join(folder, name) }).image());
    expect(images[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(images[1]).toBe(images[0]);
  }));

test('what is upgraded under a sandbox that is at work makes another image, once it is looked at anew', () =>
  inFolder(async (folder) => {
    const tools = join(folder, 'tools');
    await mkdir(tools);
    await utimes(tools, 1, 1);
    const imagesOver = async (imageMs: number) => {
      const options = { stateDir: join(folder, 'state'), toolDirs: [tools], imageMs };
      const sandbox = bubblewrapSandbox(options);
      const before = await sandbox.image();
      await writeFile(join(tools, `tool-for-${imageMs}`), '');
      return [before, await sandbox.image()];
    };
    const [first, anew] = await imagesOver(0);
    expect(anew).not.toBe(first);
    const [one, same] = await imagesOver(3_600_000);
    expect(same).toBe(one);
  }));
