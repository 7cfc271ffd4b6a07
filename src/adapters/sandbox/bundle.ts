import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolders } from '../../make-folders.ts';
import type { SandboxJob } from '../../ports.ts';
import { GROUPS } from './container-groups.ts';
import type { ContainerSetup } from './container-setup.ts';
import { mountsOf, type OciMount, ociConfig, type Users } from './oci-config.ts';
import { type Checked, type Place, placesOf } from './places.ts';

/** What a runtime is given for one container. */
export interface Bundle extends AsyncDisposable {
  readonly id: string;
  readonly folder: string;
  /** Where the runtime writes what the container's first process is on the host. */
  readonly pidFile: string;
}

/** Mounts over nothing but the root folder: whatever lies below another mount has its place there. */
const onRoot = (mounts: readonly OciMount[]): readonly OciMount[] =>
  mounts.filter(
    ({ destination }, at) => !mounts.slice(0, at).some((earlier) => destination.startsWith(`${earlier.destination}/`)),
  );

/** What of the host is bound and no folder. */
async function filesOf(places: readonly Place[]): Promise<ReadonlySet<string>> {
  const hosts = places.flatMap((place) => (place.is === 'bind' ? [place.host] : []));
  const folders = await Promise.all(hosts.map(async (host) => (await stat(host)).isDirectory()));
  return new Set(hosts.filter((_, index) => !folders[index]));
}

/** An empty folder or file wherever something is to be mounted: the root folder is nobody's to write to in there. */
async function makeRoot(root: string, mounts: readonly OciMount[], files: ReadonlySet<string>): Promise<void> {
  for (const mount of onRoot(mounts)) {
    const place = path.join(root, mount.destination);
    if (files.has(mount.source)) {
      makeFolders(path.dirname(place), 0o755);
      await writeFile(place, '', { mode: 0o644 });
    } else makeFolders(place, 0o755);
  }
}

/** Lays out what a runtime needs to make one container. */
export async function makeBundle(
  setup: ContainerSetup,
  job: SandboxJob,
  checked: Checked,
  users: Users,
): Promise<Bundle> {
  const id = `${path.basename(setup.folder)}-${randomUUID()}`;
  const folder = path.join(setup.folder, id);
  const root = path.join(folder, 'rootfs');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await mkdir(folder, { mode: 0o711 });
    await mkdir(root, { mode: 0o755 });
    const places = placesOf(setup, job, checked);
    const files = await filesOf(places);
    const mounts = mountsOf(places, users, files);
    for (const place of places) if (place.is === 'link') await symlink(place.to, path.join(root, place.inside));
    await makeRoot(root, mounts, files);
    const config = ociConfig(setup, job, mounts, users, setup.grouped ? `/${GROUPS}/${id}` : null);
    await writeFile(path.join(folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  } catch (error) {
    await remove();
    throw error;
  }
  return { id, folder, pidFile: path.join(folder, 'pid'), [Symbol.asyncDispose]: remove };
}
