import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const entry = fileURLToPath(new URL('../app.ts', import.meta.url));

/** What a module says of where it lies stays true, wherever its code is read from. */
const inPlace = (code: string, file: string): string =>
  code
    .replaceAll(/\bimport\.meta\.dirname\b|\b__dirname\b/g, () => JSON.stringify(dirname(file)))
    .replaceAll(/\bimport\.meta\.filename\b|\b__filename\b/g, () => JSON.stringify(file))
    .replaceAll('import.meta.url', () => JSON.stringify(pathToFileURL(file).href));

/**
 * The app's process in one file, which a process reads in a third of the time: a seed starts some thousand of them. It
 * lasts as long as this process does.
 */
export async function bundleApp(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'corrigible-chaos-app-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const bundle = await rolldown({
    input: entry,
    platform: 'node',
    // Whatever a module does when it is read, it does here too.
    treeshake: false,
    // An optional package that nobody installs.
    external: ['pg-native'],
    logLevel: 'silent',
    plugins: [{ name: 'in place', transform: (code, file) => inPlace(code, file) }],
  });
  const { output } = await bundle.write({ dir: folder, format: 'esm', entryFileNames: 'app.mjs' });
  await bundle.close();
  return join(folder, output[0].fileName);
}
