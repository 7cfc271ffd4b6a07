-- Proves which data key this database belongs to.
create table corrigible.data_key (
  single boolean primary key default true check (single),
  check_value bytea not null
);

-- The key of each rejection, wrapped by the data key. Deleting it is what forgetting means.
create table corrigible.seal (
  rejection text primary key,
  wrapped bytea not null
);

-- The head of each chain: without it a tail that was cut off would not be missed. It outlives the key.
create table corrigible.chain (
  rejection text primary key,
  repo text not null,
  seq integer not null check (seq > 0),
  hash text not null,
  -- Whether the rejection may still move without an event about itself.
  moving boolean not null,
  -- A keyed hash of what the last draft is about.
  fingerprint bytea,
  since timestamptz(3) not null
) with (fillfactor = 70);
create index chain_moving on corrigible.chain (repo, since desc) where moving;
create index chain_fingerprint on corrigible.chain (repo, fingerprint) where fingerprint is not null;

-- A table of its own instead of new columns: with the old one its files go, and what they held in clear.
alter table corrigible.fact rename to plain_fact;
drop index corrigible.fact_pull_request;

create table corrigible.fact (
  rejection text not null,
  seq integer not null check (seq > 0),
  repo text not null,
  at timestamptz(3) not null,
  kind text not null,
  pull_request integer,
  sealed bytea,
  -- json, not jsonb: the text is kept as it was hashed.
  clear json,
  prev text not null,
  hash text not null,
  constraint fact_place primary key (rejection, seq),
  constraint fact_is_sealed check ((sealed is null) = (kind = 'forgotten') and (clear is null) <> (sealed is null))
);
-- Ciphertext does not compress.
alter table corrigible.fact alter column sealed set storage external;
create index fact_pull_request on corrigible.fact (repo, pull_request) where pull_request is not null;
create trigger fact_is_append_only before update or delete on corrigible.fact
  for each row execute function corrigible.facts_stay();
create trigger fact_is_not_truncated before truncate on corrigible.fact
  for each statement execute function corrigible.facts_stay();
revoke update, delete, truncate on corrigible.fact from public;

create table corrigible.blob (
  rejection text not null,
  name text not null,
  sealed bytea not null,
  -- Whether a fact speaks of it.
  kept boolean not null default false,
  put_at timestamptz not null default now(),
  primary key (rejection, name)
);
alter table corrigible.blob alter column sealed set storage external;
create index blob_loose on corrigible.blob (put_at) where not kept;

-- The move of an embedded database to a server: the same id on both sides, finished on the side that was left.
create table corrigible.move (
  id text primary key,
  whereto text not null,
  finished_at timestamptz
);

-- Deliveries go by age. They are stored in that order, so a few bytes per hundred pages find them.
create index delivery_age on corrigible.delivery using brin (received_at) with (autosummarize = on);
