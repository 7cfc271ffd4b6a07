create table corrigible.fact (
  rejection text not null,
  seq integer not null check (seq > 0),
  repo text not null,
  at timestamptz(3) not null,
  kind text not null,
  pull_request integer,
  -- json, not jsonb: the text is kept as it was hashed, and jsonb refuses the escape \u0000.
  fact json not null,
  prev text not null,
  hash text not null,
  primary key (rejection, seq)
);
create index fact_pull_request on corrigible.fact (repo, pull_request) where pull_request is not null;
create index fact_first on corrigible.fact (repo, at desc) where seq = 1;

create function corrigible.facts_stay() returns trigger language plpgsql as $$
begin
  raise exception 'facts are only ever appended';
end $$;
create trigger fact_is_append_only before update or delete on corrigible.fact
  for each row execute function corrigible.facts_stay();
create trigger fact_is_not_truncated before truncate on corrigible.fact
  for each statement execute function corrigible.facts_stay();
revoke update, delete, truncate on corrigible.fact from public;

create table corrigible.delivery (
  seq bigint generated always as identity primary key,
  guid text not null unique,
  event text not null,
  installation bigint not null,
  -- null once the body has been deleted by age
  payload bytea,
  received_at timestamptz not null,
  drained_at timestamptz,
  failures integer not null default 0,
  retry_at timestamptz
);
create index delivery_undrained on corrigible.delivery (seq) where drained_at is null;

create table corrigible.rejection (
  key text primary key,
  installation bigint not null,
  wake bigint not null default 0,
  done bigint not null default 0,
  failures integer not null default 0,
  retry_at timestamptz
);
create index rejection_owed on corrigible.rejection (key) where wake > done;

create table corrigible.alarm (
  key text not null,
  installation bigint not null,
  at timestamptz not null,
  primary key (key, at)
);
create index alarm_at on corrigible.alarm (at);

create table corrigible.executor (
  id text primary key,
  machine text not null,
  pid integer not null,
  mark text not null,
  seen timestamptz not null default now()
);
