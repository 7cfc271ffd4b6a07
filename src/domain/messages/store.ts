/** What a person reads when the store cannot be opened. Each sentence says what is wrong and what to do. */

const OR_A_SERVER = 'or set DATABASE_URL to a Postgres server';

export const noDatabaseBinary = (platform: string): string =>
  `There is no built-in database for ${platform}. Set DATABASE_URL to a Postgres server, version 14 or newer.`;

export const noDatabaseUser = (user: string, because: string): string =>
  `Postgres does not run as root, and the system user ${user} could not be created (${because}). ` +
  `Create it with "useradd --system ${user}", start Corrigible as a normal user, ${OR_A_SERVER}.`;

export const databaseUnreachableFor = (user: string, path: string): string =>
  `The database runs as the user ${user}, who cannot enter ${path}. ` +
  `Choose another state directory, allow it with "chmod o+x" on each folder above, ${OR_A_SERVER}.`;

export const stateNotWritable = (path: string, because: string): string =>
  `The state directory ${path} cannot be written (${because}). Make it writable, or choose another one.`;

export const socketFolderTaken = (path: string): string =>
  `The folder ${path} for the database socket belongs to somebody else. Remove it, or choose a shorter state directory.`;

export const databaseDidNotStart = (log: string, lastLine: string): string =>
  `The built-in database did not start${lastLine === '' ? '' : `: ${lastLine}`}. Its log is ${log}.`;

export const databaseFromNewerRelease = (found: number, known: number): string =>
  `This database belongs to a newer release (schema ${found}, this release knows ${known}). ` +
  'Start the newer release, or restore a backup. Nothing was changed.';

export const serverTooOld = (version: string): string =>
  `The Postgres server has version ${version}; 14 or newer is needed.`;

export const serverUnreachable = (where: string, because: string): string =>
  `No database at ${where} (${because}). Check DATABASE_URL and that the server is up.`;

export const databaseUrlUnreadable = (): string =>
  'DATABASE_URL is not a Postgres address. It looks like postgres://user:password@host:5432/database.';
