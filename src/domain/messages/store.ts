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

/** `because` is the system's code. */
export const stateNotWritable = (path: string, because: string): string =>
  because === 'ENOSPC' || because === 'EDQUOT'
    ? `There is no space left for the state directory ${path}. Free some space there, and start again.`
    : `The state directory ${path} cannot be written (${because}). Make it writable, or choose another one.`;

export const databaseOfAnother = (path: string, uid: number, user: string): string =>
  `The database at ${path} belongs to the user with id ${uid}, and would run as ${user} here. Start Corrigible as the user ` +
  `who made it; or stop it everywhere and give it to ${user} with "chown -R ${user} ${path}". Nothing was changed.`;

export const databaseShutOff = (path: string, user: string): string =>
  `There is a database at ${path}, but its user ${user} cannot enter that folder any more. ` +
  'Allow it with "chmod o+x" on that folder and on each folder above. Nothing was changed.';

/** `host` is null where only its answer is heard. */
export const heldElsewhere = (path: string, host: string | null): string =>
  `The built-in database at ${path} is used by another container or machine${host === null ? '' : ` (${host})`}. ` +
  'Stop that one first, or run the command inside it, such as with "docker exec". Nothing was changed.';

export const waitsForHolder = (host: string): string =>
  `The built-in database was used by another container or machine (${host}), which did not say that it ended. ` +
  'This one starts when nothing was heard of that for ten seconds.';

export const keeperDidNotStart = (): string =>
  'The built-in database is not used without the process beside it that ends it, and "/bin/sh" could not be started. ' +
  'Free some memory or processes, and see that it is there.';

export const databaseNotWatched =
  'The built-in database cannot be looked after. What is wrong is tried again until it works.';

export const socketFolderTaken = (path: string): string =>
  `The folder ${path} for the database socket belongs to somebody else. Remove it, or choose a shorter state directory.`;

export const databaseDidNotStart = (log: string, lastLine: string): string =>
  `The built-in database did not start${lastLine === '' ? '' : `: ${lastLine}`}. Its log is ${log}.`;

export const databaseFromNewerRelease = (found: number, known: number): string =>
  `This database belongs to a newer release (schema ${found}, this release knows ${known}). ` +
  'Start the newer release, or restore a backup. Nothing was changed.';

export const serverTooOld = (version: string): string =>
  `The Postgres server has version ${version}; 14 or newer is needed.`;

/** `given` is where the address was given: DATABASE_URL or an option. */
export const serverUnreachable = (where: string, because: string, given = 'DATABASE_URL'): string =>
  `No database at ${where} (${because}). Check ${given} and that the server is up.`;

export const serverRefuses = (where: string, because: string, given: string): string =>
  `The server at ${where} refuses (${because}). Check user, password and name of the database in ${given}; create the database if it is missing.`;

/** `words` are those of `databaseTrouble`. */
export const serverSays = (where: string, words: string): string => `The server at ${where} cannot be used. ${words}`;

export const schemaNotAllowed = (where: string, because: string): string =>
  `The user may not make tables in the database at ${where} (${because}). Make it the owner of the database.`;

export const databaseUrlUnreadable = (given: string): string =>
  `${given} is not a Postgres address. It looks like postgres://user:password@host:5432/database. ` +
  'In user and password write # as %23, / as %2F, ? as %3F, % as %25 and @ as %40.';

const SAME_KEY =
  'It is made at the first start; machines that share a database need the same one: set DATA_KEY to the content of that file everywhere.';

export const dataKeyMissing = (file: string): string =>
  `This database was sealed with a data key, and there is none here: DATA_KEY is not set and ${file} does not exist. ${SAME_KEY} ` +
  'Without it nothing personal can be read again. Nothing was changed.';

export const dataKeyWrong = (file: string | null): string =>
  `${file === null ? 'DATA_KEY' : `The key in ${file}`} is not the data key that this database was sealed with. ${SAME_KEY} Nothing was changed.`;

export const dataKeyFileBroken = (file: string): string =>
  `The data key in ${file} is not 32 bytes in base64 (44 characters). Put back the file from your backup.`;

export const dataKeyUnreadable = (file: string, because: string): string =>
  `The data key in ${file} cannot be read (${because}). Make it readable for the user who runs Corrigible, and for nobody else.`;

export const plainChainBroken = (rejection: string, seq: number): string =>
  `The record of ${rejection} was changed from outside at fact ${seq}, so it cannot be taken over into this release. ` +
  'Restore a backup of the database, or start the release before. Nothing was changed.';

export const databaseMoved = (whereto: string): string =>
  `This database was moved to ${whereto} and is used there. Set DATABASE_URL to that server.`;

export const databaseInUse = (pids: readonly number[]): string =>
  `The built-in database is in use (process ${pids.join(', ')}). Stop Corrigible everywhere, then move it. Nothing was changed.`;

export const movesToItself = (where: string): string =>
  `${where} is the very database that is to be moved. Create an empty one on a server and name that. Nothing was changed.`;

export const targetNotEmpty = (where: string, table: string): string =>
  `The database at ${where} holds something already (table ${table}). Create an empty one and name that. Nothing was changed.`;

export const waitsForMigration =
  'Another process brings the database up to date, or moves it. This one waits until that has ended, and then starts.';

export const nothingStoredYet = (place: string): string =>
  `There is nothing at ${place} yet. Run this where the app runs, with the same STATE_DIR or DATABASE_URL.`;

export const databaseOfOlderRelease = (found: number, known: number): string =>
  `This database was made by an older release (schema ${found}, this release needs ${known}). ` +
  'Start the app of this release once, or use the command of the older one. Nothing was changed.';

/** What a database says by its code, where a person can mend it. */
export const databaseTrouble: Readonly<Record<string, string>> = {
  '53100': 'The disk of the database is full. Free some space there: nothing is lost, and the work goes on by itself.',
  '53200': 'The database is out of memory.',
  '53300': 'The database takes no more connections. Raise its max_connections, or start fewer processes.',
  '25006': 'The database is read-only. Point DATABASE_URL to the one that takes writes.',
  '42501': 'The database user lacks a right on the tables. Make it their owner.',
};

/** Results that could not be read or put. */
export const resultsNotKept = 'Results of cases are not kept at the moment. They are run again where they are needed.';

/** A webhook that could not be kept. */
export const webhookNotStored = 'A webhook could not be stored. GitHub is asked for it again.';
