import { type App, startApp } from '../../src/app.ts';
import { Scene } from '../../src/cli/demo/people-acting.ts';
import { type Forge, startForge } from '../../src/forge/forge.ts';
import { type ModelSettings, withModel } from '../../src/read-operator.ts';
import { inPlace } from './place.ts';
import { REPO, seed } from './tell-story.ts';

/** The example's world in this process: the app on a database of its own, against the local forge. */
export interface World {
  readonly forge: Forge;
  readonly app: App;
  readonly scene: Scene;
  readonly tokens: Readonly<Record<string, string>>;
  /** Resolves once nothing is queued, running or due. */
  rest(): Promise<unknown>;
}

/** What is other than in the example: files of its repository, and the model that there is. */
interface Otherwise {
  readonly files?: Readonly<Record<string, string>>;
  readonly model?: ModelSettings;
}

/** Tells a story in a world of its own. */
export const inWorld = <T>(story: (world: World) => Promise<T>, otherwise: Otherwise = {}): Promise<T> =>
  inPlace(async ({ folder }) => {
    const forge = await startForge({ root: `${folder}/forge` });
    try {
      return await withApp(forge, `${folder}/app`, story, otherwise);
    } finally {
      await forge.close();
    }
  });

async function withApp<T>(
  forge: Forge,
  stateDir: string,
  story: (world: World) => Promise<T>,
  { files, model }: Otherwise,
): Promise<T> {
  const { id: appId, privateKey, webhookSecret } = forge.app;
  const address = { apiUrl: forge.url, webUrl: forge.url, host: '127.0.0.1', port: 0 };
  const local = { stateDir, databaseUrl: undefined, logLevel: 'silent' as const, operator: withModel(model ?? null) };
  const app = await startApp({ appId, privateKey, webhookSecret, ...address, ...local }, { onLog: () => {} });
  try {
    forge.setWebhookUrl(`${app.url}/api/github/webhooks`);
    const tokens = Object.fromEntries(seed.users.map((login) => [login, forge.addUser(login).token]));
    for (const [name, options] of Object.entries(seed.repositories))
      await forge.addRepository(name, { ...options, files: { ...options.files, ...files } });
    const scene = new Scene({ url: forge.url, app: forge.app, signIn: {}, tokens }, REPO);
    return await story({ forge, app, scene, tokens, rest: () => scene.until('rest', () => app.idle()) });
  } finally {
    await app.stop();
  }
}
