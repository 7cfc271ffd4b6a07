-- What agents did, part by part as it happened, sealed with the key of the rejection. No fact speaks of it: it goes with time.
create table corrigible.transcript (
  rejection text not null,
  name text not null,
  part integer not null check (part >= 0),
  sealed bytea not null,
  -- How often the part was put.
  revision integer not null default 1,
  put_at timestamptz not null default now(),
  until timestamptz not null,
  primary key (rejection, name, part)
);
alter table corrigible.transcript alter column sealed set storage external;
create index transcript_age on corrigible.transcript (until);
