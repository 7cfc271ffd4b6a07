import type { Pool } from 'pg';
import { Fenced, type Transcripts } from '../../ports.ts';
import type { DataKey } from './data-key.ts';
import { keyFor, WAS_FORGOTTEN } from './keys.ts';
import { readyKey, seal, unseal } from './seal.ts';

/** A part opens in its own place alone: none can be moved, nor put before another. */
const aboutPart = (rejection: string, name: string, part: number): readonly (string | number)[] => [
  'transcript',
  rejection,
  name,
  part,
];

const PUT = `
  insert into corrigible.transcript as t (rejection, name, part, sealed, until)
  select $1, $2, $3, $4, now() + make_interval(days => $5) from corrigible.seal
  where rejection = $1 and not ${WAS_FORGOTTEN} for key share
  on conflict (rejection, name, part) do update
    set sealed = excluded.sealed, until = excluded.until, revision = t.revision + 1`;

interface Seen {
  readonly name: string;
  readonly begun: Date;
  readonly revision: string;
}

interface Part {
  readonly part: number;
  readonly sealed: Buffer;
  readonly wrapped: Buffer;
}

/** Transcripts for who only reads them. What is over is not there, though nobody has tidied yet. */
export function readTranscripts(pool: Pool, dataKey: DataKey): Pick<Transcripts, 'list' | 'get'> {
  return {
    list: async (rejection, prefix) => {
      const { rows } = await pool.query<Seen>(
        `select name, min(put_at) as begun, sum(revision) as revision from corrigible.transcript
         where rejection = $1 and name ^@ $2 and until > now() group by name order by min(put_at), name`,
        [rejection, prefix],
      );
      return rows.map(({ name, begun, revision }) => ({
        name,
        begun: begun.toISOString(),
        revision: Number(revision),
      }));
    },
    get: async (rejection, name) => {
      const { rows } = await pool.query<Part>(
        `select t.part, t.sealed, s.wrapped from corrigible.transcript t join corrigible.seal s using (rejection)
         where t.rejection = $1 and t.name = $2 and t.until > now() order by t.part`,
        [rejection, name],
      );
      const [first] = rows;
      if (first === undefined) return [];
      const key = readyKey(dataKey.unwrap(rejection, first.wrapped));
      return rows.map(({ part, sealed }, at) => {
        if (part !== at) throw new Error(`part ${at} of transcript ${name} is missing`);
        return unseal(key, sealed, aboutPart(rejection, name, part));
      });
    },
  };
}

/** Transcripts in Postgres, so that every process can show what another records; each part is kept for `days`. */
export const openTranscripts = (pool: Pool, dataKey: DataKey, days: number): Transcripts => ({
  ...readTranscripts(pool, dataKey),
  put: async (rejection, name, part, bytes) => {
    const key = await keyFor(pool, dataKey, rejection);
    const sealed = seal(key, bytes, aboutPart(rejection, name, part));
    const { rowCount } = await pool.query(PUT, [rejection, name, part, sealed, days]);
    if (rowCount !== 1) throw new Fenced(`${rejection} was forgotten`);
  },
});
